# shellcheck shell=sh
# Runs a host: a kernel as an ordinary program, in a mount and a network namespace of its own that end with it, so that no mount
# and no cable stays whatever is killed. A reboot inside goes on in the same process.
# Arguments: see host/arguments.sh; before the program: name of the cable's end on this machine, bridge, MTU.

set -eu
# include: ../../host/arguments.sh
# include: ../../host/cable.sh
cable=$1 bridge=$2 mtu=$3
shift 3

enter kernel

# The host's memory is a file there; the size is bound by the kernel's mem= and the control group.
mkdir -p "$folder/memory"
mount -t tmpfs -o size=0,mode=0700 tmpfs "$folder/memory"
export TMPDIR="$folder/memory"

lay_cable "$cable" "$bridge" "$mtu"
# The kernel's end carries raw frames: nobody may hand over more than a frame.
for feature in tso gso gro tx rx; do
  ethtool -K "$cable" "$feature" off
  inside ethtool -K host0 "$feature" off
done > /dev/null

code=0
inside "$@" || code=$?

# A kernel that crashed leaves its processes spinning.
for group in $groups; do
  if [ -d "$group/kernel" ]; then group=$group/kernel; fi
  while read -r process; do
    if [ "$process" != $$ ]; then kill -KILL "$process" 2> /dev/null || true; fi
  done < "$group/cgroup.procs"
done
exit $code
