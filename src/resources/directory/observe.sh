# shellcheck shell=sh
# Prints for each folder, or link to one, its state (states.sh); 'other PATH' for what is there and is none.
# "$@" = paths
# include: ../../shell/lib/states.sh

STATES_OF='-L'
left=$#
while [ "$left" -gt 0 ]; do
  if [ -d "$1" ] || { [ ! -e "$1" ] && [ ! -L "$1" ]; }; then
    set -- "$@" "$1"
  else
    printf 'other %s\n' "$1"
  fi
  shift
  left=$((left - 1))
done
states "$@"
