using 'import-run.bicep'

param registryName = 'contosogov'
param blobName = 'nightly'
