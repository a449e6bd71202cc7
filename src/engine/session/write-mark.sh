# shellcheck shell=sh
# Notes on this host what is done to it, whole or not at all, on the disk before anything is changed.
#   $1  the file; only root may read it   $2  its line: what is done, and started or finished

# include: ../../shell/lib/sync.sh

umask 077
mkdir -p -- "${1%/*}" &&
  printf '%s\n' "$2" > "$1.new" &&
  sync_file "$1.new" &&
  mv -f -- "$1.new" "$1"
