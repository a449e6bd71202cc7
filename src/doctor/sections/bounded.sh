# shellcheck shell=sh
# Bounds: a hanging runtime or disk must not hold the doctor up.

# last BYTES: the last of what comes in, whole lines only. A line without its beginning could be a secret without its name.
last() {
  { echo; cat; } | tail -c "$1" | sed 1d
}

# in_time SECONDS COMMAND...: what a command prints. One that does not end in time ends the section with code 75 (EX_TEMPFAIL of
# sysexits.h): what it would have shown is not known to be absent. Where it stands in $( ) or a pipe: `|| exit 75` behind that.
in_time() {
  seconds=$1
  shift
  timeout "$seconds" "$@"
  # 143: busybox's own.
  case $? in
    124 | 143)
      echo "$1 gave no answer within $seconds s" >&2
      exit 75
      ;;
  esac
}

# bounded BYTES COMMAND...: what a command prints within 5 seconds; 700 signs of each line, the last BYTES of all.
bounded() {
  bytes=$1
  shift
  said=$(in_time 5 "$@") || exit 75
  printf '%s\n' "$said" | cut -c1-700 | last "$bytes"
}
