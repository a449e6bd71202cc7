# shellcheck shell=sh
# Notes in "$D" which packages kinit installs, the units there are, and the copies of user files, because packages make users.
# "$@" = names
# include: ../../shell/lib/network-online.sh
# include: ../../shell/lib/user-backups.sh

printf '%s\n' "$@" > "$D/packages"
save_user_backups
if command -v systemctl > /dev/null; then
  # A slow host that has just booted looks into all of them: longer than the 25 s that systemctl waits by itself.
  units=$(SYSTEMD_BUS_TIMEOUT=120s timeout 150 systemctl list-unit-files --plain --no-legend)
  printf '%s\n' "$units" | sed 's/[[:space:]].*//' > "$D/unit-files"
  note_network_online
fi
