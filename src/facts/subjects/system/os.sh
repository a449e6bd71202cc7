# shellcheck shell=sh
# Prints os-release(5).

cat /etc/os-release || cat /usr/lib/os-release
