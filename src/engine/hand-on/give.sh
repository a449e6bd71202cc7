# shellcheck shell=sh
# One connection: reads a line 'SECRET SHA-256', prints the size of that file and its bytes; nothing to who does not know the secret.
# $1 = file with the secret, $2 = folder of the files

IFS=' ' read -r secret sum || exit 0
[ "$secret" = "$(cat -- "$1")" ] || exit 0
case $sum in '' | *[!0-9a-f]*) exit 0 ;; esac
size=$(stat -L -c %s -- "$2/$sum" 2> /dev/null) || exit 0
printf '%s\n' "$size"
exec cat -- "$2/$sum"
