# shellcheck shell=sh
# The boot and the kernel that runs in it, a line each.

cat /proc/sys/kernel/random/boot_id /proc/sys/kernel/osrelease
