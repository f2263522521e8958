#!/bin/bash
az acr pipeline-run create -g hub -r contosohub -n exportRun01 -p exportPipe -t export -b nightly -a app:1.2.3 --force-redeploy
az acr pipeline-run create -g air -r contosoair -n importRun01 -p importPipe -t import -b nightly --force-redeploy
