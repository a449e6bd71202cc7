# shellcheck shell=sh
# Keeps in "$D" what restore.sh needs. Runs under sh -eu.
# "$@" = enabled services that make swap

cat < /proc/swaps > "$D/swaps"
: > "$D/enabled-services"
: > "$D/active-services"
for service in "$@"; do
  printf '%s\n' "$service" >> "$D/enabled-services"
  ! systemctl -q is-active -- "$service" || printf '%s\n' "$service" >> "$D/active-services"
done
