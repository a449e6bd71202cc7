# shellcheck shell=sh
# Makes the folder of "$1", for its owner only.

umask 077
mkdir -p "${1%/*}"
