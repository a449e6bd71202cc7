# shellcheck shell=sh
# The cable of a host whose kernel is not this machine's: one end in the lab's bridge, the other in a network namespace that ends with
# the mount namespace it is bound in, so that no cable stays whatever is killed. Uses $folder of arguments.sh.

# inside COMMAND...: runs it in that network namespace.
# shellcheck disable=SC2154 # arguments.sh sets it
inside() { nsenter --net="$folder/network" "$@"; }

# lay_cable NAME BRIDGE MTU: NAME is the end on this machine, host0 the one inside.
lay_cable() {
  touch "$folder/network"
  unshare --net="$folder/network" true
  ip link add "$1" mtu "$3" type veth peer name host0 mtu "$3" netns "$folder/network"
  # Nothing on this machine may answer there.
  # shellcheck disable=SC2016 # expanded there
  for settings in default host0; do
    inside sh -c 'echo 1 > "/proc/sys/net/ipv6/conf/$1/disable_ipv6"' sh "$settings" || true
  done
  ip link set "$1" master "$2" up
  inside ip link set host0 up
}
