# shellcheck shell=sh
# A datastore's own words for a slow disk. By itself: a slow disk makes it say so much else that they are not among the last lines.
# "$1" = its pod and container, "$2" = systemd units that may have it in their process, separated by spaces, the rest = what it says.
# include: ../bounded.sh

name=$1
units=$2
shift 2

# shellcheck disable=SC2012
for file in $(ls -t /var/log/pods/kube-system_"$name"-*/"$name"/*.log 2> /dev/null | head -n 2); do
  for words; do
    said=$(in_time 3 grep -F -e "$words" "$file") || exit 75
    [ -z "$said" ] || printf '%s\n' "$said" | cut -c1-500 | tail -n 20
  done
done
for unit in $units; do
  [ -e "/etc/systemd/system/$unit.service" ] || continue
  # The newest lines first: systemd before 254 takes the oldest where --since and -n are given together.
  log=$(in_time 5 journalctl -u "$unit" --no-pager -q -o short-unix -r --since=-15min -n 4000) || exit 75
  for words; do
    printf '%s\n' "$log" | grep -F -e "$words" | head -n 20 | tac | cut -c1-500
  done
done
true
