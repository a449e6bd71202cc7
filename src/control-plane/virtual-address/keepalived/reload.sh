# shellcheck shell=sh
# Has the process read its configuration again; who has the address keeps it meanwhile.
# $1 = what the name of the child begins with that speaks to the others: its parent is told

for folder in /proc/[0-9]*; do
  read -r name 2> /dev/null < "$folder/comm" || continue
  case "$name" in "$1"*) ;; *) continue ;; esac
  parent=$(sed -n 's/^PPid:[[:space:]]*//p' "$folder/status" 2> /dev/null)
  [ -z "$parent" ] || kill -HUP "$parent" 2> /dev/null
done
exit 0
