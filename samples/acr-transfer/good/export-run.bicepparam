using 'export-run.bicep'

param registryName = 'contosoacr'
param artifacts = [
  'web/frontend:2.4.1'
  'web/backend:2.4.1'
  'base/runtime@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
]
