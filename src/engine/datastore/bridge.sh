# shellcheck shell=sh
# Takes away what the pod network made on this host for another share of it; it makes both anew.
# $1 = bridge, $2 = file with the host's share

rm -f -- "$2"
[ ! -e "/sys/class/net/$1" ] || ip link delete "$1"
