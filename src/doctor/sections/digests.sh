# shellcheck shell=sh
# "$@" = files. Prints the SHA-256 of each that is there, as sha256sum does.

timeout 60 sha256sum -- "$@"
