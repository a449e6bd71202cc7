# shellcheck shell=sh
# Prints the backups that this host has made by itself: "== backup PATH SIZE", then its first line; and how the last try ended:
# "== last RESULT", then the last lines that it said, where it failed.
# $1 = folder, $2 = name of the cluster, $3 = systemd unit that makes them
# include: ./backups-of.sh

backups_of "$1" "$2" | while IFS= read -r file; do
  printf '== backup %s %s\n' "$file" "$(wc -c < "$file")"
  head -n 1 -- "$file"
done
result=$(systemctl show -p Result "$3")
result=${result#Result=}
echo "== last $result"
[ "$result" = success ] || journalctl -u "$3" -n 5 -o cat --no-pager
