# shellcheck shell=sh
# Unloads the module where save.sh noted that it was not loaded; one that something uses by now stays.
# $1 = name of a module

[ -e "$D/not-loaded" ] || exit 0
# In a container the kernel is the machine's: others on it may use the module by now.
! systemd-detect-virt -cq 2> /dev/null || exit 0
modprobe -r -- "$1" 2> /dev/null || true
