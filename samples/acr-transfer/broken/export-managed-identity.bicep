param registryName string
param storageAccountName string
param identityId string
param storageAccessMode 'SasToken' | 'ManagedIdentity' = 'SasToken'

var blobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: registryName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource exportPipeline 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {
  parent: registry
  name: 'export-pipeline'
  location: resourceGroup().location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    target: {
      type: 'AzureStorageBlobContainer'
      uri: 'http://${storageAccountName}.blob.core.windows.net/transfer'
      storageAccessMode: storageAccessMode
    }
    options: [
      'OverwriteTags'
    ]
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, exportPipeline.id)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataReader)
    principalId: exportPipeline.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource importPipeline 'Microsoft.ContainerRegistry/registries/importPipelines@2025-11-01' = {
  parent: registry
  name: 'importPipeline'
  location: resourceGroup().location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: {
      type: 'AzureStorageBlobContainer'
      uri: 'https://contosotransfer.blob.core.windows.net/transfer'
      keyVaultUri: 'https://contoso-transfer.vault.azure.net/secrets/acrimportsas'
    }
  }
}
