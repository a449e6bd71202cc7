# shellcheck shell=sh
# Prints the swap areas in use, as proc(5) lists them.

[ ! -e /proc/swaps ] || cat /proc/swaps
