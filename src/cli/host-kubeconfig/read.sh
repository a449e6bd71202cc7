# shellcheck shell=sh
# Prints the file "$1" where there is one.

if [ -e "$1" ]; then cat "$1"; fi
