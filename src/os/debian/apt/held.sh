# shellcheck shell=sh
# What is on hold.
# include: ../../../shell/lib/die.sh

is_held() {
  # shellcheck disable=SC2016 # the braces are dpkg-query's own
  [ "$(dpkg-query -W -f '${db:Status-Want}' -- "$1" 2> /dev/null)" = hold ]
}

# release NAME...
release() {
  for name in "$@"; do
    is_held "$name" || continue
    apt-mark unhold "$name" > /dev/null || die "$name could not be taken off hold (apt-mark unhold $name)"
  done
}
