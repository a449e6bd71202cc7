# shellcheck shell=sh
# Notes in "$D" what a link is: its kind (a word of `ip link`), MTU, address, whether it is up, its IP addresses. Runs
# under sh -eu.
# $1 = name

[ -e "/sys/class/net/$1" ] || exit 0
ip -d -o link show dev "$1" > "$D/details"
{ cat < "/sys/class/net/$1/mtu"; cat < "/sys/class/net/$1/address"; } > "$D/numbers"
ip -o addr show dev "$1" | awk '$3 ~ /^inet6?$/ && $0 !~ /scope link/ { print $4 }' > "$D/addresses"
