# shellcheck shell=sh
# sync_file FILE...: brings files and folders onto the disk; ends with sync's code and words where the disk does not take
# them. coreutils before 8.24 sync everything instead, which is slower and as good, and say so, which nobody need read.

sync_file() {
  sync_words=$(sync -- "$@" 2>&1) || {
    printf '%s\n' "$sync_words" >&2
    return 1
  }
}
