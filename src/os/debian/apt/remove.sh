# shellcheck shell=sh
# Removes the packages named in "$D/packages" and those that came with them (packages-added), but none that something
# installed since then needs or that a person put on hold; then installs again what they had pushed out (packages-removed). Their configuration files
# go too where there were none before.
# "$1" = folder of the notes that install.sh made
# include: ./apt-get.sh
# include: ./held.sh
# include: ../../packages/ours.sh
# include: ../../packages/pushed-out.sh

installed() {
  # shellcheck disable=SC2016 # the braces are dpkg-query's own
  [ "$(dpkg-query -W -f '${db:Status-Status}' -- "$1" 2> /dev/null)" = installed ]
}

held='hold (apt-mark showhold)'

# Packages that would go along with those given and are none of ours. apt finds no way at all where one of them is on hold.
others() {
  if ! apt_get remove -s -- "$@"; then
    [ -n "$(apt-mark showhold)" ] || package_failed "cannot remove $*"
    echo 'what is on hold'
    return
  fi
  sed -n 's/^Remv \([^ ]*\) .*/\1/p' "$log" | grep -vxF -e "$ours"
}

# Sets "removable": ours without those that others need.
choose_removable() {
  removable=$ours
  # shellcheck disable=SC2086 # a word each
  [ -n "$ours" ] && [ -n "$(others $ours)" ] || return 0
  removable=
  for name in $ours; do
    needed_by=$(others "$name" | tr '\n' ' ')
    if [ -n "$needed_by" ]; then echo "$name stays: ${needed_by}needs it"; else removable="$removable $name"; fi
  done
}

# had_files NAME: whether its configuration files were there before it came.
had_files() {
  grep -qxF -e "$1 config-files" "$notes/packages-added" 2> /dev/null
}

remove_packages() {
  apt_change remove -- "$@" || package_failed "could not remove $*"
  purge=
  for name in "$@"; do
    had_files "$name" || purge="$purge $name"
  done
  # shellcheck disable=SC2086 # a word each
  [ -z "$purge" ] || dpkg_alone --purge $purge || package_failed "could not remove the configuration files of$purge"
}

notes=$1
apt_mend
release_ours
{ ours=$(our_packages); } 3>&1
choose_removable
# shellcheck disable=SC2086 # a word each
[ -z "$removable" ] || remove_packages $removable
bring_back
rm -f -- "$notes/packages-added"
