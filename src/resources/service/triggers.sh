# shellcheck shell=sh
# active_triggers UNIT: prints the sockets, timers and paths that would start it and are at work, ' NAME' each.

active_triggers() {
  for trigger in $(timeout 30 systemctl show -p TriggeredBy -- "$1" | cut -d= -f2-); do
    case "$(timeout 30 systemctl show -p ActiveState -- "$trigger")" in *=active) printf ' %s' "$trigger" ;; esac
  done
}
