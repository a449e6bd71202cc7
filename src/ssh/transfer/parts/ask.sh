# shellcheck shell=sh
# Says what of some files has come to this host by earlier uploads, and makes room for the rest.
# KEPT: folder of those that are for no place yet; it is made for root alone.
# "$@" = two words for each file: its SHA-256, and where it lies on its way (paths without suffix: see receive.sh)
# Prints for each 'SUM whole', or 'SUM SLICE...' with the numbers of the slices that are there.
# include: ../../../shell/lib/die.sh

swept=:

# What nobody has gone on with for a day goes.
prepare() {
  case $swept in *":$1:"*) return ;; esac
  swept=$swept$1:
  if [ "$1" = "$KEPT" ]; then (umask 077 && mkdir -p -- "$1"); else mkdir -p -- "$1"; fi ||
    die "Error: $1 cannot be made"
  find "$1" -mindepth 1 -maxdepth 1 -name '.kinit-part-*' -mmin +1440 -exec rm -f -- {} +
}

while [ "$#" -gt 0 ]; do
  sum=$1 part=$2
  shift 2
  prepare "${part%/*}"
  if [ -f "$part" ]; then
    touch -- "$part"
    echo "$sum whole"
    continue
  fi
  # It was being checked when this host, or the sending, ended.
  [ ! -e "$part.checked" ] || mv -f -- "$part.checked" "$part.new"
  if [ -e "$part.new" ] && [ -e "$part.landed" ]; then
    printf '%s' "$sum"
    while read -r slice; do printf ' %s' "$slice"; done < "$part.landed"
    echo
  else
    rm -f -- "$part.landed" "$part.new"
    (umask 077 && set -C && true > "$part.new") || die "Error: $part.new cannot be written"
    echo "$sum"
  fi
done
