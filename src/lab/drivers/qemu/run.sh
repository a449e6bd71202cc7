# shellcheck shell=sh
# Runs a host: a machine of QEMU, in a mount and a network namespace of its own that end with it, so that no mount and no cable stays
# whatever is killed. A reboot inside goes on in the same process.
# Arguments: see host/arguments.sh; before the program: name of the cable's end on this machine, bridge, MTU.

set -eu
# include: ../../host/arguments.sh
# include: ../../host/cable.sh
cable=$1 bridge=$2 mtu=$3
shift 3

enter machine
lay_cable "$cable" "$bridge" "$mtu"

# The cable and the machine's card (tap0) in one segment.
inside ip link add lan mtu "$mtu" type bridge
inside ip tuntap add tap0 mode tap
inside ip link set tap0 mtu "$mtu"
for link in host0 tap0; do inside ip link set "$link" master lan; done
for link in tap0 lan; do inside ip link set "$link" up; done

code=0
inside "$@" || code=$?
exit $code
