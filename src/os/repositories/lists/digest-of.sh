# shellcheck shell=sh
# digest_of FILE...: the SHA-256 of those that are there, together.

digest_of() {
  cat -- "$@" 2> /dev/null | sha256sum | cut -d ' ' -f 1
}
