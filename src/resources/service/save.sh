# shellcheck shell=sh
# Keeps the unit's state in "$D". Runs under sh -eu.
# $1 = unit
# include: show-unit.sh
# include: triggers.sh
# include: ../../shell/lib/network-online.sh

{
  show_unit "$1"
  echo "triggers=$(active_triggers "$1")"
} > "$D/state"
note_network_online
