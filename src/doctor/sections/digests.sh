# shellcheck shell=sh
# "$@" = files. Prints the SHA-256 of each that is there, as sha256sum does.
# include: ./bounded.sh
# include: ../../shell/lib/sha256.sh

# shellcheck disable=SC2034
SHA256_BOUND='in_time 60'
sha256_sums "$@"
