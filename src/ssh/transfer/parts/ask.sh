# shellcheck shell=sh
# Says what of some files has come to this host by earlier uploads, and makes room for the rest.
# PARTS: folder of what is on its way, "$@" = SHA-256 of each file.
# Prints for each 'SUM whole', or 'SUM SLICE...' with the numbers of the slices that are there.
# include: ../../../shell/lib/die.sh

umask 077
mkdir -p -- "$PARTS" && cd -- "$PARTS" || die "Error: $PARTS cannot be made"
# What nobody has gone on with for a day.
find . -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -f -- {} +

for sum; do
  if [ -f "$sum" ]; then
    touch -- "$sum"
    echo "$sum whole"
    continue
  fi
  # It was being checked when this host, or the sending, ended.
  [ ! -e "$sum.checked" ] || mv -f -- "$sum.checked" "$sum.part"
  if [ -e "$sum.part" ] && [ -e "$sum.landed" ]; then
    printf '%s' "$sum"
    while read -r slice; do printf ' %s' "$slice"; done < "$sum.landed"
    echo
  else
    rm -f -- "$sum.landed"
    true > "$sum.part" || die "Error: $PARTS/$sum.part cannot be written"
    echo "$sum"
  fi
done
