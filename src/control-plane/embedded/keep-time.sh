# shellcheck shell=sh
# Puts a file in the place of another one, with the time of that one: what runs from it need not be started anew for what counts at its next start.
# $1 = the file, $2 = the new one, on the same file system
# include: ../../shell/lib/sync.sh

touch -r "$1" -- "$2" && mv -f -- "$2" "$1" && sync_file "${1%/*}"
