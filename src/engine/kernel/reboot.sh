# shellcheck shell=sh
# Reboots in a second, so that the answer to this still gets through.

command -v systemctl > /dev/null || {
  echo 'there is no systemctl to reboot this host with' >&2
  exit 1
}
setsid sh -c 'sleep 1; exec systemctl reboot' > /dev/null 2>&1 < /dev/null &
