# shellcheck shell=sh
# Prints there=yes where there is a network link of this name.
# $1 = name

if [ -e "/sys/class/net/$1" ]; then echo there=yes; else echo there=no; fi
