param location string = resourceGroup().location

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'contosohub'
  location: location
  sku: {
    name: 'Premium'
  }
}

resource far 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: 'contosoair'
}

resource export 'Microsoft.ContainerRegistry/registries/exportPipelines@2025-06-01-preview' = {
  parent: registry
  name: 'exportPipe'
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    target: {
      type: 'AzureStorageBlobContainer'
      uri: 'https://contosohubxfer.blob.core.windows.net/transfer'
      keyVaultUri: 'https://contosohubkv.vault.azure.net/secrets/acrexportsas'
      storageAccessMode: 'SasToken'
    }
    options: [
      'ContinueOnErrors'
    ]
  }
}

resource import 'Microsoft.ContainerRegistry/registries/importPipelines@2025-06-01-preview' = {
  parent: far
  name: 'importPipe'
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: {
      type: 'AzureStorageBlobContainer'
      uri: 'https://contosoairxfer.blob.core.windows.net/incoming'
      storageAccessMode: 'ManagedIdentity'
    }
    options: [
      'DeleteSourceBlobOnSuccess'
    ]
  }
}
