# shellcheck shell=sh
# Prints a part of a file in base64.
# $1 = file, $2 = first byte, from 1, $3 = most bytes

tail -c "+$2" -- "$1" | head -c "$3" | base64 -w0
