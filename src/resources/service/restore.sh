# shellcheck shell=sh
# Makes a unit as save.sh found it ("$D").
# $1 = unit, $2 = stamp with what kinit started it from, $3 = stamp with the host name then

was() { grep -qx -e "$1" "$D/state"; }

stop() {
  timeout 120 systemctl stop -- "$1" || kill_and_stop "$1" || exit 1
  systemctl reset-failed -- "$1" 2> /dev/null
}

kill_and_stop() {
  timeout 30 systemctl kill -s KILL -- "$1"
  timeout 30 systemctl stop -- "$1"
}

rm -f -- "$2" ${3:+"$3"}
case "$(systemctl show -p LoadState -- "$1")" in *=not-found) exit 0 ;; esac
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
