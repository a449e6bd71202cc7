# shellcheck shell=sh
# end_listeners UNIT...: ends these, and removes all units that listeners.sh was given names for below TOKEN.

end_listeners() {
  [ -e "/run/systemd/system/end-of-$TOKEN.service" ] || return 0
  systemctl stop "$@" 2> /dev/null
  rm -f "/run/systemd/system/end-of-$TOKEN".* "/run/systemd/system/$TOKEN-"*
  systemctl reset-failed "$TOKEN-*" 2> /dev/null
  # Last: the watcher may be who runs this.
  systemctl stop "end-of-$TOKEN.service" 2> /dev/null
}
