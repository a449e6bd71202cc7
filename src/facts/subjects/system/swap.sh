# shellcheck shell=sh
# Prints the swap areas in use, as proc(5) lists them.

cat /proc/swaps
