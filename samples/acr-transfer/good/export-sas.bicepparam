using 'export-sas.bicep'

param registryName = 'contosoacr'
param pipelineName = 'exportPipeline'
param containerUri = 'https://contosotransfer.blob.core.windows.net/transfer'
param vaultName = 'contoso-transfer'
param secretName = 'acrexportsas'
