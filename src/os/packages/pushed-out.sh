# shellcheck shell=sh
# bring_back: installs again what kinit's packages had pushed out, where something was. Needs $notes, and install_packages,
# refresh_lists and package_failed.

bring_back() {
  # shellcheck disable=SC2154 # whoever includes this sets it
  [ -s "$notes/packages-removed" ] || return 0
  # shellcheck disable=SC2046 # a word each
  set -- $(sort -u "$notes/packages-removed")
  if ! install_packages "$@"; then
    refresh_lists
    install_packages "$@" || package_failed "could not install $* again, which kinit's packages had replaced"
  fi
  rm -f -- "$notes/packages-removed"
}
