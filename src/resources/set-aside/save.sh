# shellcheck shell=sh
# Notes in "$D" whether the thing itself is moved or what is in it, and the time of the folder it is taken from. Runs
# under sh -eu.
# $1 = path
# include: what-moves.sh

if keeps_folder "$1"; then
  : > "$D/contents"
  touch -r "$1/" -- "$D/contents"
else
  : > "$D/whole"
  touch -r "$(dirname -- "$1")" -- "$D/whole"
fi
