# shellcheck shell=sh
# A datastore's own words for a slow disk. By itself: a slow disk makes it say so much else that they are not among the last lines.
# "$1" = its pod and container, the rest = what it says.

name=$1
shift

# shellcheck disable=SC2012
for file in $(ls -t /var/log/pods/kube-system_"$name"-*/"$name"/*.log | head -n 2); do
  for words; do
    timeout 3 tail -c 8000000 "$file" | grep -F "$words" | cut -c1-500 | tail -n 20
  done
done
