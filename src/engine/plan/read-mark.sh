# shellcheck shell=sh
# Prints which plan was applied to this host last, and how far that came; nothing where none was.
#   $1  the file that says so

cat -- "$1" 2> /dev/null || :
