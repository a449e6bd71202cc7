# shellcheck shell=sh
# Deletes a file, or a link and not what it leads to.
# $1 = the path
# include: ../../shell/lib/sync.sh

rm -f -- "$1" || exit 1
sync_file "$(dirname "$1")"
