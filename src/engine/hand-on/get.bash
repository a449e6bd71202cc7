# shellcheck shell=bash
# Asks a host for a file, and prints it. "$1" = address, "$2" = port, "$3" = SHA-256, "$4" = size; without these: whether it can be asked. SECRET: in the environment.

exec 3<> "/dev/tcp/$1/$2" || exit 1
[ "$#" -gt 2 ] || exit 0
printf '%s %s\n' "$SECRET" "$3" >&3
IFS= read -r size <&3 && [ "$size" = "$4" ] || exit 1
exec head -c "$4" <&3
