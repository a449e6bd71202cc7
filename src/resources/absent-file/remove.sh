# shellcheck shell=sh
# Deletes a file, or a link and not what it leads to.
# $1 = the path; $2 = folder: its folder too, where nothing else is in it
# include: ../../shell/lib/sync.sh

folder=$(dirname "$1")
rm -f -- "$1" || exit 1
if [ "${2-}" = folder ] && rmdir -- "$folder" 2> /dev/null; then folder=$(dirname "$folder"); fi
sync_file "$folder"
