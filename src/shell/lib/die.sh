# shellcheck shell=sh
# die MESSAGE: says on standard error what failed, and ends the script with code 1.

die() {
  printf '%s\n' "$1" >&2
  exit 1
}
