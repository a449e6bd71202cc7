# shellcheck shell=sh
# Why nobody need wait for a service that does not answer: "stopped" where nobody starts it again, "ends" where it ended by itself
# twice within the last minute; nothing where it may come.
# $1 = its unit

case $(timeout 20 systemctl is-active -- "$1") in
  inactive | failed)
    echo stopped
    exit 0
    ;;
esac
# systemd's own words, before and since version 230.
again=$(timeout 20 journalctl -u "$1" --no-pager -q -o cat --since=-60s 2> /dev/null | grep -ci 'schedul[a-z]* restart')
[ "${again:-0}" -lt 2 ] || echo ends
exit 0
