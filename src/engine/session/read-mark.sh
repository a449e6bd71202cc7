# shellcheck shell=sh
# Prints what was noted on this host; nothing where nothing was.
#   $1  the file that says so

cat -- "$1" 2> /dev/null || :
