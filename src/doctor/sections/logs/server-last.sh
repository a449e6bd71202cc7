# shellcheck shell=sh
# Of the journals of services that are a whole control plane: the last lines, however old, and before them how their last runs
# began and ended: systemd's own lines, and last words.
# "$@" = their units
# include: ../bounded.sh

for unit; do
  [ -e "/etc/systemd/system/$unit.service" ] || continue
  said=$(in_time 5 journalctl -u "$unit" --no-pager -q -o short-unix -n 4000) || exit 75
  printf '%s\n' "$said" | cut -c1-700 | awk '
    { line[NR] = $0; tells[NR] = $3 ~ /^systemd\[/ || $4 ~ /^(Error|panic|fatal):?$/ }
    END { for (at = 1; at <= NR; at++) if (at > NR - 40 || tells[at]) print line[at] }' | last 40000
done
true
