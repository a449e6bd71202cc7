# shellcheck shell=sh
# Prints there=yes where there is something to set aside.
# $1 = path
# include: what-moves.sh

if [ -n "$(what_moves "$1")" ]; then echo there=yes; else echo there=no; fi
