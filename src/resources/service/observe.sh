# shellcheck shell=sh
# Prints systemd's properties of a unit, and revision=DIGEST: with what kinit started it last.
# $1 = unit, $2 = the stamp with the revision; empty: it is no matter
# include: show-unit.sh

show_unit "$1"
[ -n "$2" ] || exit 0
revision=
[ ! -r "$2" ] || read -r revision < "$2"
echo "revision=$revision"
