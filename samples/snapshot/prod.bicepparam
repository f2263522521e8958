using 'main.bicep'

param regions = ['westeurope', 'northeurope']
