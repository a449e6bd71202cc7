# shellcheck shell=sh
# bring_back: installs again what kinit's packages had pushed out, where something was. Needs apt-get.sh, and $notes.

bring_back() {
  # shellcheck disable=SC2154 # whoever includes this sets it
  [ -s "$notes/packages-removed" ] || return 0
  # shellcheck disable=SC2046 # a word each
  set -- $(sort -u "$notes/packages-removed")
  if ! apt_change install --no-install-recommends -- "$@"; then
    apt_refresh
    apt_change install --no-install-recommends -- "$@" ||
      apt_failed "could not install $* again, which kinit's packages had replaced"
  fi
  rm -f -- "$notes/packages-removed"
}
