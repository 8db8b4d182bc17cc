#!/bin/sh
# OP-TEE's helper in the normal world: loads trusted applications and keeps their files.
mkdir -p /var/lib/optee-client/data/tee
[ -c /dev/teepriv0 ] && tee-supplicant -d /dev/teepriv0
