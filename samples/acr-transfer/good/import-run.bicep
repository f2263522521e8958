param registryName string
param blobName string
param forceUpdateTag string = utcNow()

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: registryName

  resource pipeline 'importPipelines' existing = {
    name: 'importPipeline'
  }
}

resource run 'Microsoft.ContainerRegistry/registries/pipelineRuns@2025-06-01-preview' = {
  parent: registry
  name: 'nightlyImport'
  properties: {
    request: {
      pipelineResourceId: registry::pipeline.id
      source: {
        type: 'AzureStorageBlob'
        name: blobName
      }
    }
    forceUpdateTag: forceUpdateTag
  }
}
