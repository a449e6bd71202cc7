# shellcheck shell=sh
# The services that configure a host's network links, by the names of their units.

# runs SERVICE: quick where it has never been started. Ends the script where systemd gives no answer.
runs() {
  [ -d /run/systemd/system ] || return 1
  case "$1" in
    systemd-networkd) [ -d /run/systemd/netif ] || return 1 ;;
    NetworkManager) [ -d /run/NetworkManager ] || return 1 ;;
  esac
  timeout 20 systemctl -q is-active -- "$1.service"
  case $? in
    0) return 0 ;;
    3 | 4) return 1 ;;
    *) exit 1 ;;
  esac
}

# reload_links SERVICE: it reads its files again; links that it has set up stay as they are.
reload_links() {
  case "$1" in
    systemd-networkd) timeout 30 networkctl reload ;;
    NetworkManager) timeout 60 systemctl reload NetworkManager.service ;;
  esac
}
