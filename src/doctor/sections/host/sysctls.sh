# shellcheck shell=sh
# "$@" = names of settings as paths below /proc/sys. Prints NAME=VALUE; no value where the kernel has none.

for name in "$@"; do echo "$name=$(cat "/proc/sys/$name")"; done
