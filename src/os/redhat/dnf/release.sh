# shellcheck shell=sh
# Takes packages off the list of versionlock.
# "$@" = names
# include: ../../../shell/lib/die.sh
# include: ../../../shell/lib/sed-file.sh
# include: ./version-lock.sh

for name in "$@"; do
  is_locked "$name" || continue
  sed_file "$(lock_list)" "/^([0-9]+:)?$(printf '%s' "$name" | sed 's/[.+]/\\&/g')-[0-9*]/d" || die "$name could not be taken off the list of versionlock"
done
