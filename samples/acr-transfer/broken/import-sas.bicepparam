using 'import-sas.bicep'

param registryName = 'contosogov'
param storageAccountName = 'contosotransfer'
param vaultName = 'contoso-transfer'
param containerName = 'Transfer'
