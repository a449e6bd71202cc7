# shellcheck shell=sh
# First process of a host with a kernel of its own: what such a kernel lacks of a real machine, and the network, so that no
# network service has to run.
# "$1" = address/prefix, "$2" = gateway, "$3" = MTU.

PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs /run

# The kubelet wants a clock speed, and this kernel knows none.
awk '{ print } /^model name/ { printf "cpu MHz\t\t: 1000.000\n" }' /proc/cpuinfo > /run/cpuinfo
mount --bind /run/cpuinfo /proc/cpuinfo

ip link set lo up
ip link set vec0 mtu "$3" up
ip address add "$1" dev vec0
ip route add default via "$2"
exec /lib/systemd/systemd
