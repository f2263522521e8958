@description('Regions that hold a copy, the main one first')
@minLength(1)
param regions string[]

@allowed(['Standard', 'Premium'])
param tier string = 'Premium'

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'contoso'
  location: regions[0]
  sku: { name: tier }
  properties: { adminUserEnabled: false }
}

resource copy 'Microsoft.ContainerRegistry/registries/replications@2025-04-01' = {
  parent: registry
  name: regions[1]
  location: regions[1]
}
