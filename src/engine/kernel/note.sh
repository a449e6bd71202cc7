# shellcheck shell=sh
# Writes down which kernel is about to be booted, and in which boot that was, so that whoever comes later knows how far it got.
# "$1" = file, "$2" = release, "$3" = id of this boot. Without "$2" what was written down is over.
# include: ../../shell/lib/sync.sh

set -e
if [ $# -eq 1 ]; then
  rm -f -- "$1"
  exit 0
fi
umask 077
mkdir -p "${1%/*}"
printf '%s %s\n' "$2" "$3" > "$1.new"
sync_file "$1.new"
mv "$1.new" "$1"
sync_file "${1%/*}"
