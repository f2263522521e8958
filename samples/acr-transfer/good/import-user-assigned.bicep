param registryName string
param storageAccountName string
param identityName string = 'acr-import'
param location string = resourceGroup().location

var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: registryName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: location
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: storageAccountName
  location: location
  sku: {
    name: 'Standard_LRS'
  }
  kind: 'StorageV2'
  properties: {
    allowSharedKeyAccess: false
  }

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource container 'containers' = {
      name: 'transfer'
    }
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, identity.id, blobDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource pipeline 'Microsoft.ContainerRegistry/registries/importPipelines@2025-06-01-preview' = {
  parent: registry
  name: 'importPipeline'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    source: {
      type: 'AzureStorageBlobContainer'
      uri: 'https://${account.name}.blob.${environment().suffixes.storage}/transfer'
      storageAccessMode: 'ManagedIdentity'
    }
    trigger: {
      sourceTrigger: {
        status: 'Enabled'
      }
    }
    options: [
      'DeleteSourceBlobOnSuccess'
      'OverwriteTags'
    ]
  }
}
