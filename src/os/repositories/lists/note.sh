# shellcheck shell=sh
# Notes that the lists of a repository were read, as these files have it.
# "$1" = path of the stamp, the rest = files
# include: ./digest-of.sh
# include: ../../../shell/lib/state.sh

stamp=$1
shift
write_state "$stamp" "$(digest_of "$@")"
