using 'export-run.bicep'

param registryName = 'contosoacr'
param artifacts = [
  'web/frontend:2.4.1'
  'contosoacr.azurecr.io/web/backend:2.4.1'
  'base/runtime@sha256:9f86d0'
  'Tools/cli:1'
]
