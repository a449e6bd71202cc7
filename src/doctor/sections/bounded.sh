# shellcheck shell=sh
# Bounds: a hanging runtime or disk must not hold the doctor up.

# last BYTES: the last of what comes in, whole lines only. A line without its beginning could be a secret without its name.
last() {
  { echo; cat; } | tail -c "$1" | sed 1d
}

# bounded BYTES COMMAND...: what a command prints within 5 seconds; 700 signs of each line, the last BYTES of all.
bounded() {
  bytes=$1
  shift
  timeout 5 "$@" | cut -c1-700 | last "$bytes"
}
