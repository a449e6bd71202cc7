# shellcheck shell=sh
# Puts packages on hold no longer.
# "$@" = names
# include: ../../../shell/lib/die.sh

for name in "$@"; do
  # shellcheck disable=SC2016 # the braces are dpkg-query's own
  [ "$(dpkg-query -W -f '${db:Status-Want}' -- "$name" 2> /dev/null)" = hold ] || continue
  apt-mark unhold "$name" > /dev/null || die "$name could not be taken off hold (apt-mark unhold $name)"
done
