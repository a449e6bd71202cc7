# shellcheck shell=sh
# Keeps the file "$1", where there is one, in "$D", the folder of its undo journal entry.

if [ -e "$1" ]; then cp -a "$1" "$D/before"; fi
