# shellcheck shell=sh
# $1 = the marker

umask 077
mkdir -p -- "${1%/*}" && : > "$1"
