# shellcheck shell=sh
# Puts the file "$1" back from "$D", where save.sh kept it; else removes it.

if [ -e "$D/before" ]; then cp -a "$D/before" "$1"; else rm -f "$1"; fi
