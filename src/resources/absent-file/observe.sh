# shellcheck shell=sh
# Prints there where a file or a link has this path; a link that leads nowhere counts.
# $1 = the path

if [ -e "$1" ] || [ -L "$1" ]; then echo there; fi
