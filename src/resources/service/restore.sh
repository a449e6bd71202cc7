# shellcheck shell=sh
# Makes a unit as save.sh found it ("$D").
# $1 = unit, $2 = stamp with what kinit started it from, $3 = stamp with the host name then
# include: triggers.sh
# include: ../../shell/lib/network-online.sh
# include: ../../shell/lib/socket-files.sh

was() { grep -qx -e "$1" "$D/state"; }

# A unit that needs its socket has brought that up too: it would start it again. Entries of an earlier kinit do not say what was at work.
new_triggers() {
  before=$(sed -n 's/^triggers=/ /p' "$D/state")
  [ -n "$before" ] || return 0
  for trigger in $(active_triggers "$1"); do
    case "$before " in *" $trigger "*) ;; *) printf '%s\n' "$trigger" ;; esac
  done
}

# Its unit file is one that kinit has written where nothing was: where the host booted between that and the entry of the
# unit, what was seen then is kinit's own doing.
is_kinits_own() {
  unit_file=$(systemctl show -p FragmentPath -- "$1" | cut -d= -f2-)
  [ -n "$unit_file" ] || return 1
  for entry in "${D%/*}"/[0-9]*; do
    [ -e "$entry/before.made" ] || continue
    [ "$(cat < "$entry/id")" != "file:$unit_file" ] || return 0
  done
  return 1
}

stop() {
  triggers=$(new_triggers "$1")
  sockets=$(for trigger in $triggers; do socket_files "$trigger"; done)
  # shellcheck disable=SC2086 # a word each
  timeout 120 systemctl -q stop -- $triggers "$1" || kill_and_stop "$1" || exit 1
  systemctl reset-failed -- "$1" 2> /dev/null
  for path in $sockets; do remove_socket "$path"; done
  restore_network_online
}

kill_and_stop() {
  timeout 30 systemctl kill -s KILL -- "$1"
  timeout 30 systemctl stop -- "$1"
}

rm -f -- "$2" ${3:+"$3"}
case "$(systemctl show -p LoadState -- "$1")" in *=not-found) exit 0 ;; esac
if is_kinits_own "$1"; then
  stop "$1"
  # At the next boot, in the middle of a reset, it would start without half of its files.
  systemctl -q disable -- "$1" || exit 1
  exit 0
fi
if was ActiveState=active; then
  # It is restarted at the very end of a replay, when its old files are back.
  printf 'restart %s\n' "$1" >> "${KINIT_LATER:-/dev/null}"
else
  # What it holds open is taken away next.
  stop "$1"
fi
if was UnitFileState=masked; then
  systemctl -q mask -- "$1" || exit 1
elif was UnitFileState=enabled; then
  systemctl -q enable -- "$1" || exit 1
elif was UnitFileState=disabled || was UnitFileState=; then
  systemctl -q disable -- "$1" || exit 1
fi
exit 0
