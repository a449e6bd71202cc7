# shellcheck shell=sh
# Puts a manifest in the place of another one, in one step: the kubelet ends the pod that runs, and starts the new one.
# $1 = manifest, $2 = what shall be it
# include: ../shell/lib/sync.sh

sync_file "$2" && mv -f -- "$2" "$1" && sync_file "${1%/*}"
