param registryName string
param storageAccountName string
param vaultName string
param containerName string
param sasExpiry string = '2026-06-30'

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: registryName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: vaultName
  location: resourceGroup().location
  properties: {
    sku: {
      family: 'A'
      name: 'standard'
    }
    tenantId: subscription().tenantId
    accessPolicies: [
      {
        tenantId: subscription().tenantId
        objectId: importPipeline.identity.principalId
        permissions: {
          secrets: [
            'list'
          ]
        }
      }
    ]
  }

  resource secret 'secrets' = {
    name: 'acrimportsas'
    properties: {
      value: account.listAccountSas('2024-01-01', {
        signedServices: 'b'
        signedResourceTypes: 'sc'
        signedPermission: 'r'
        signedExpiry: sasExpiry
      }).accountSasToken
    }
  }
}

resource importPipeline 'Microsoft.ContainerRegistry/registries/importPipelines@2025-06-01-preview' = {
  parent: registry
  name: 'importPipeline'
  location: resourceGroup().location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: {
      type: 'AzureStorageBlobContainer'
      uri: 'https://${storageAccountName}.blob.core.windows.net/${containerName}'
      storageAccessMode: 'SasToken'
      keyVaultUri: 'https://${vaultName}.vault.azure.net/secrets/acrimportsas'
    }
    options: [
      'DeleteSourceBlobOnSuccess'
    ]
  }
}
