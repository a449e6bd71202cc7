# shellcheck shell=sh
# The last words of a unit's own processes; systemd's words about them say less.
# $1 = unit

timeout 10 journalctl -q --no-pager -o cat -n 3 "_SYSTEMD_UNIT=$1" 2> /dev/null
exit 0
