param registryName string
param storageAccountName string
param vaultName string
param sasExpiry string = dateTimeAdd(utcNow('u'), 'P6M')

var sas = {
  signedServices: 'b'
  signedResourceTypes: 'sco'
  signedPermission: 'rld'
  signedProtocol: 'https'
  signedExpiry: sasExpiry
}

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
    enableRbacAuthorization: false
    accessPolicies: []
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'acrimportsas'
  properties: {
    value: account.listAccountSas('2024-01-01', sas).accountSasToken
  }
}

resource pipeline 'Microsoft.ContainerRegistry/registries/importPipelines@2025-06-01-preview' = {
  parent: registry
  name: 'importPipeline'
  location: resourceGroup().location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: {
      type: 'AzureStorageBlobContainer'
      uri: 'https://${storageAccountName}.blob.${environment().suffixes.storage}/transfer'
      storageAccessMode: 'SasToken'
      keyVaultUri: secret.properties.secretUri
    }
    trigger: {
      sourceTrigger: {
        status: 'Enabled'
      }
    }
    options: [
      'DeleteSourceBlobOnSuccess'
    ]
  }
}

resource policies 'Microsoft.KeyVault/vaults/accessPolicies@2026-02-01' = {
  parent: vault
  name: 'add'
  properties: {
    accessPolicies: [
      {
        tenantId: subscription().tenantId
        objectId: pipeline.identity.principalId
        permissions: {
          secrets: [
            'get'
          ]
        }
      }
    ]
  }
}
