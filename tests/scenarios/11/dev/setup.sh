#!/bin/bash
SAS=$(az storage container generate-sas --account-name contosohubxfer --name exports --permissions rl --https-only --expiry "$(date -u -d '+180 days' +%Y-%m-%d)" -o tsv)
az keyvault secret set --vault-name contosohubkv --name acrexportsas --value "$SAS" --output none
EXPORT=$(az acr export-pipeline show -g hub -r contosohub -n exportPipe --query identity.principalId -o tsv)
az keyvault set-policy -n contosohubkv --object-id "$EXPORT" --secret-permissions get
IMPORT=$(az acr import-pipeline show -g air -r contosoair -n importPipe --query identity.principalId -o tsv)
az role assignment create --assignee-object-id "$IMPORT" --role "Storage Blob Data Reader" --scope "/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/air/providers/Microsoft.Storage/storageAccounts/contosoairxfer"
