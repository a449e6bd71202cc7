# shellcheck shell=sh
# Bounds: a hanging runtime or disk must not hold the doctor up.
# bounded BYTES COMMAND...: what a command prints within 5 seconds; 700 signs of each line, the last BYTES of all.
bounded() {
  bytes=$1
  shift
  timeout 5 "$@" | cut -c1-700 | tail -c "$bytes"
}
