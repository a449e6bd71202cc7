# shellcheck shell=sh
# sync_file FILE...: brings files and folders onto the disk. coreutils before 8.24 sync everything instead, which is
# slower and as good.

sync_file() { sync -- "$@" 2> /dev/null || sync; }
