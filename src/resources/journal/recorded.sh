# shellcheck shell=sh
# Prints the number of each entry that is recorded, a line each.
# $1 = state folder; the others = slugs, numbered from 0

state=$1
shift
number=0
for slug in "$@"; do
  for entry in "$state"/journal/[0-9]*-"$slug"; do
    [ ! -e "$entry" ] || echo "$number"
  done
  number=$((number + 1))
done
