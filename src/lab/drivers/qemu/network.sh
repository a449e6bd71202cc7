# shellcheck shell=sh
# A service of a host: its network, so that no network service has to run.
# "$1" = address/prefix, "$2" = gateway, "$3" = MTU.

ip link set lo up
ip link set eth0 up mtu "$3"
ip address replace "$1" dev eth0
ip route replace default via "$2"
