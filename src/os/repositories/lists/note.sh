# shellcheck shell=sh
# Notes that the lists of a repository were read, as these files have it.
# "$1" = path of the stamp, the rest = files
# include: ./digest-of.sh

stamp=$1
shift
(umask 077 && mkdir -p -- "${stamp%/*}") && digest_of "$@" > "$stamp"
