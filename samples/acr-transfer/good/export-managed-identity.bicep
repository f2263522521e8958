param registryName string
param storageAccountName string
param location string = resourceGroup().location

var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: registryName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource pipeline 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {
  parent: registry
  name: 'exportPipeline'
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    target: {
      type: 'AzureStorageBlobContainer'
      uri: '${account.properties.primaryEndpoints.blob}transfer'
      storageAccessMode: 'ManagedIdentity'
    }
    options: [
      'OverwriteBlobs'
      'ContinueOnErrors'
    ]
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, pipeline.id, blobDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
    principalId: pipeline.identity.principalId
    principalType: 'ServicePrincipal'
  }
}
