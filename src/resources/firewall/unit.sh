# shellcheck shell=sh
# The systemd unit behind a firewall.

# show_unit UNIT PREFIX: prints PREFIX-ActiveState=... and PREFIX-UnitFileState=... Ends the script with code 1 where
# systemd gives no answer.
show_unit() {
  unit_state=$(timeout 30 systemctl show -p ActiveState -p UnitFileState -- "$1.service") || exit 1
  printf '%s\n' "$unit_state" | sed "s/^/$2-/"
}

# is_running: whether the unit that was shown last is active.
is_running() { printf '%s\n' "$unit_state" | grep -qx ActiveState=active; }

stop_and_disable() {
  timeout 60 systemctl disable -- "$1.service" > /dev/null 2>&1 &&
    timeout 60 systemctl stop -- "$1.service" > /dev/null 2>&1
}

# enable_and_start UNIT ENABLED ACTIVE: what is yes.
enable_and_start() {
  [ "$2" != yes ] || systemctl -q enable -- "$1.service" || exit 1
  [ "$3" != yes ] || timeout 60 systemctl start -- "$1.service" || exit 1
}
