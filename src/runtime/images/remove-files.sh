# shellcheck shell=sh
# Removes files that were brought, whole or in part, and what went in front of them. "$@" = their paths

for file; do rm -f -- "$file" "$file".*; done
rmdir -- "${1%/*}" 2> /dev/null
exit 0
