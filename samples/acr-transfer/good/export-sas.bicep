param registryName string

@minLength(5)
@maxLength(50)
param pipelineName string

param containerUri string
param vaultName string
param secretName string
param options array = [
  'OverwriteBlobs'
]

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: registryName
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName

  resource secret 'secrets' existing = {
    name: secretName
  }
}

resource pipeline 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {
  parent: registry
  name: pipelineName
  location: resourceGroup().location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    target: {
      type: 'AzureStorageBlobContainer'
      uri: containerUri
      storageAccessMode: 'SasToken'
      keyVaultUri: vault::secret.properties.secretUri
    }
    options: options
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, pipeline.id, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: pipeline.identity.principalId
    principalType: 'ServicePrincipal'
  }
}
