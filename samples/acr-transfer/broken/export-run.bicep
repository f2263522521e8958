param registryName string
param artifacts array

resource registry 'Microsoft.ContainerRegistry/registries@2025-06-01-preview' existing = {
  name: registryName

  resource pipeline 'importPipelines' existing = {
    name: 'importPipeline'
  }
}

resource run 'Microsoft.ContainerRegistry/registries/pipelineRuns@2025-06-01-preview' = {
  parent: registry
  name: 'run'
  properties: {
    request: {
      pipelineResourceId: registry::pipeline.id
      artifacts: artifacts
      target: {
        type: 'AzureStorageBlobContainer'
        name: 'nightly'
      }
    }
    forceUpdateTag: 'v1'
  }
}
