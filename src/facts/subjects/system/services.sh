# shellcheck shell=sh
# "$@" = units. Prints the state of each on a line, in order, then 'ufw-enabled' where ufw itself is switched on: its
# service stays active when it is not.

# Without systemd nothing of it is active; preflight says that it is missing.
[ -d /run/systemd/system ] || exit 0
timeout 20 systemctl is-active "$@"
case $? in
  # 3, 4: not all of them are active, or there.
  0 | 3 | 4) ;;
  *) exit 1 ;;
esac
if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then echo ufw-enabled; fi
