# shellcheck shell=sh
# Stops a unit.
# $1 = unit, $2 = its name for people
# $3 = yes|no: it starts at boot
# $4 = stamp with what kinit started it from
# include: ../../shell/lib/die.sh

case "$(systemctl show -p LoadState -- "$1")" in *=not-found) exit 0 ;; esac
if [ "$3" = yes ]; then
  systemctl -q enable -- "$1" || exit 1
else
  systemctl -q disable -- "$1" || exit 1
fi
timeout 60 systemctl stop -- "$1" || die "$2 did not stop within 60 s"
rm -f -- "$4"
