# shellcheck shell=sh
# Brings a unit to run, now and after a reboot.
# $1 = unit, $2 = its name for people
# $3 = yes|no: it starts at boot; empty: as it is
# $4 = yes|no: it is (re)started now; no: only what is wrong at boot is mended
# $5 = digest of what it starts from, or empty, $6 = stamp for that
# $7 = stamp for the host name that it takes up, or empty
# $8 = seconds in which it has to run
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/host-name.sh
# include: ../../shell/lib/state.sh

unit=$1
name=$2

state() { systemctl show -p "$1" -- "$unit" | cut -d= -f2-; }

load() {
  # Asked now, not taken from what was seen: files of the same phase have been written since. Of a first drop-in an older
  # systemd does not know, so that nothing is started without.
  if [ "$1" = yes ] || [ "$(state NeedDaemonReload)" = yes ] || [ "$(state LoadState)" = not-found ]; then
    timeout 60 systemctl daemon-reload || exit 1
  fi
  if [ "$(state LoadState)" = masked ]; then
    systemctl -q unmask -- "$unit" || exit 1
  fi
  [ "$(state LoadState)" != not-found ] || die "there is no unit $unit"
}

set_enabled() {
  case "$1:$(state UnitFileState)" in
    yes:static | yes:indirect | yes:generated | yes:alias | yes:enabled | yes:linked) ;;
    yes:*) systemctl -q enable -- "$unit" || exit 1 ;;
    no:enabled | no:enabled-runtime | no:linked-runtime) systemctl -q disable -- "$unit" || exit 1 ;;
  esac
}

# --no-block and own waiting: the bound is kinit's, not the unit's TimeoutStartSec.
# restart SECONDS
restart() {
  systemctl reset-failed -- "$unit" 2> /dev/null
  systemctl restart --no-block -- "$unit" || exit 1
  sleep 0.05
  tenths=0
  while [ "$tenths" -lt $(($1 * 10)) ]; do
    active=$(state ActiveState)
    case "$active:$(state Job)" in
      active: | active:0 | failed: | failed:0) break ;;
    esac
    ! ends_again_and_again || break
    tenths=$((tenths + 1))
    sleep 0.1
  done
  [ "$active" = active ] || explain
}

# After ten seconds: the next start will not go better. (systemd 219 does not count restarts.)
ends_again_and_again() {
  [ "$active" = activating ] && [ "$tenths" -ge 100 ] || return 1
  restarts=$(state NRestarts)
  [ "${restarts:-0}" -ge 3 ]
}

explain() {
  echo "$name is $active ($(state SubState), result $(state Result)) instead of running; its last log lines:"
  timeout 10 systemctl status --no-pager -n 0 -- "$unit" 2>&1 < /dev/null | head -n 12
  # Its own: systemd's words about it stand above.
  timeout 10 journalctl -q --no-pager -o cat -n 20 "_SYSTEMD_UNIT=$unit" 2>&1 < /dev/null | tail -n 20
  exit 1
} >&2

load "$4"
set_enabled "$3"
[ "$4" = yes ] || exit 0
# Before the start: a name that is set meanwhile is another one.
[ -z "$7" ] || named=$(host_name_now)
restart "$8"
[ -z "$5" ] || write_state "$6" "$5"
[ -z "$7" ] || write_state "$7" "$named"
