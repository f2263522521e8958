using 'main.bicep'

param regions = ['westeurope', 'northeurope']
param tier = 'Basic'
