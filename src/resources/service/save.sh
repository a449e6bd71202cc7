# shellcheck shell=sh
# Keeps the unit's state in "$D". Runs under sh -eu.
# $1 = unit
# include: show-unit.sh

show_unit "$1" > "$D/state"
