# shellcheck shell=sh
# show_unit UNIT: what counts of a unit, for observing and for undo.

show_unit() { systemctl show -p LoadState -p UnitFileState -p ActiveState -p NeedDaemonReload -- "$1"; }
