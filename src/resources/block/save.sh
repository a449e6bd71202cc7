# shellcheck shell=sh
# Notes in "$D" that the file is not there, or that its last line has no line end. Runs under sh -eu.
# $1 = path

file=$1
[ ! -L "$file" ] || file=$(readlink -f -- "$file")
if [ ! -e "$file" ]; then
  : > "$D/no-file"
elif [ -s "$file" ] && [ -n "$(tail -c 1 < "$file")" ]; then
  : > "$D/no-line-end"
fi
