# shellcheck shell=sh
# A datastore's own words for a slow disk. By itself: a slow disk makes it say so much else that they are not among the last lines.
# "$1" = its pod and container, the rest = what it says.
# include: ../bounded.sh

name=$1
shift

# shellcheck disable=SC2012
for file in $(ls -t /var/log/pods/kube-system_"$name"-*/"$name"/*.log | head -n 2); do
  for words; do
    said=$(in_time 3 grep -F -e "$words" "$file") || exit 75
    [ -z "$said" ] || printf '%s\n' "$said" | cut -c1-500 | tail -n 20
  done
done
