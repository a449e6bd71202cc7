# shellcheck shell=sh
# The server's state as KEY=VALUE, then what it said last.

systemctl show -p ActiveState -p SubState -p NRestarts kinit-server
journalctl --no-pager -o cat -n 5 -u kinit-server 2> /dev/null | grep '^Error: ' | tail -n 1
