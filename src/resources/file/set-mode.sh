# shellcheck shell=sh
# $1 = path, $2 = owner:group, $3 = mode

chown -- "$2" "$1" && chmod -- "$3" "$1"
