# shellcheck shell=sh
# Prints 'now=', the SHA-256 of files together, and 'read=', what it was when the lists were read last.
# "$1" = path of the stamp, the rest = files
# include: ./digest-of.sh

stamp=$1
shift
echo "now=$(digest_of "$@")"
[ ! -e "$stamp" ] || sed 's/^/read=/' < "$stamp"
