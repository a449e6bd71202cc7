# shellcheck shell=sh
# Prints what the kernel says of waits for processors, memory and disks (pressure stall information), each line after its resource.
# A kernel without it prints nothing.

for resource in cpu memory io; do
  [ ! -r "/proc/pressure/$resource" ] || sed "s/^/$resource /" "/proc/pressure/$resource" 2> /dev/null
done
