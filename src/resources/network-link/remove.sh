# shellcheck shell=sh
# Deletes a network link.
# $1 = name

[ ! -e "/sys/class/net/$1" ] || ip link delete "$1"
