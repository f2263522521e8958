param registryName string
param artifacts array
param forceUpdateTag string = utcNow()

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: registryName

  resource pipeline 'exportPipelines' existing = {
    name: 'exportPipeline'
  }
}

resource run 'Microsoft.ContainerRegistry/registries/pipelineRuns@2025-06-01-preview' = {
  parent: registry
  name: 'nightlyExport'
  properties: {
    request: {
      pipelineResourceId: registry::pipeline.id
      artifacts: artifacts
      target: {
        type: 'AzureStorageBlob'
        name: 'nightly'
      }
    }
    forceUpdateTag: forceUpdateTag
  }
}
