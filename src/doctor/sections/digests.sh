# shellcheck shell=sh
# "$@" = files. Prints the SHA-256 of each that is there, as sha256sum does.
# include: ./bounded.sh

in_time 60 sha256sum -- "$@"
