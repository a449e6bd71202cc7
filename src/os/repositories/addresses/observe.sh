# shellcheck shell=sh
# Prints 'file=PATH' for the files of sources that have other addresses than they shall.
# "$1" = program of sed -E, the rest = patterns of files
# include: ./changing.sh

files=$(changing "$@") || exit 1
[ -z "$files" ] || printf '%s\n' "$files" | sed 's/^/file=/'
