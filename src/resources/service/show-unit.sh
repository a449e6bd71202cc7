# shellcheck shell=sh
# show_unit UNIT: what counts of a unit, for observing and for undo.

# Ends with another code than 0 where systemd gives no answer; of a unit that is not there it says so.
show_unit() { timeout 30 systemctl show -p LoadState -p UnitFileState -p ActiveState -p NeedDaemonReload -- "$1"; }
