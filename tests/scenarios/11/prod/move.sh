#!/bin/bash
azcopy copy "https://contosohubxfer.blob.core.windows.net/transfer/nightly?$SOURCE_SAS" "https://contosoairxfer.blob.core.windows.net/incoming/nightly?$TARGET_SAS"
azcopy copy ./other "https://contosoairxfer.blob.core.windows.net/incoming/other?$TARGET_SAS" --put-md5 --metadata category=acr-transfer-blob
