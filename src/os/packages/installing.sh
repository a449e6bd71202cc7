# shellcheck shell=sh
# How packages are installed, NAME, NAME=VERSION, or NAME=* (in whatever version, and held at that), whoever does it. Needs what at-work.sh has, refresh_lists, cannot_install and:
#   version_there NAME    prints the version in which it is installed; fails where it is not
#   by_hand WISH          prints the command by which a person installs it
#   lists_are_fresh       whether the lists of packages are of today
#   simulate WISH...      what an installation would do, into the log; fails where it cannot be done
#   note_what_changes     from that: sets "going" and "coming", names of packages, and notes them
#   add_packages WISH...  installs
#   files_of NAME...      prints the paths of their files
#   hold NAME             keeps it at the version in which it is there
#   is_held NAME          whether it is kept so already
# include: ./notes.sh
# include: ./version-fits.sh

# Ends the script where one of "$@" is there in another version.
refuse_other_versions() {
  for wish in "$@"; do
    name=${wish%%=*}
    [ "$name" != "$wish" ] || continue
    there=$(version_there "$name") || continue
    [ "${wish#*=}" != '*' ] || continue
    ! version_fits "${wish#*=}" "$there" || continue
    echo "$name is there in version $there, and the inventory says ${wish#*=}: kinit does not change the version of a package that is there. By hand: $(by_hand "$wish"); or name the version that is there" >&2
    exit 1
  done
}

refresh() {
  refreshed=yes
  refresh_lists
}

# Units that come with them: what they start is told apart from what ran before.
note_units() {
  # shellcheck disable=SC2154 # note_what_changes sets it
  [ -n "$coming" ] || return 0
  # shellcheck disable=SC2086 # a word each
  units=$(files_of $coming | sed -n 's,^.*/systemd/system/\([^/@]*\.\(service\|socket\|timer\)\)$,\1,p')
  [ -z "$units" ] || note units-added "$units"
}

hold_versions() {
  for wish in "$@"; do
    name=${wish%%=*}
    if [ "$name" = "$wish" ] || is_held "$name"; then continue; fi
    hold "$name" || exit 1
    note packages-held "$name"
  done
}

# install_wishes WISH...: refreshes the lists where they are old, or do not serve. What is there in a version that fits is only held: the
# package manager would bring the newest that fits.
install_wishes() {
  refreshed=
  lacking=$(for wish in "$@"; do version_there "${wish%%=*}" > /dev/null || printf '%s\n' "${wish%=\*}"; done)
  # shellcheck disable=SC2086 # a word each, without characters that a shell would expand
  [ -z "$lacking" ] || install_plain $lacking
  hold_versions "$@"
}

install_plain() {
  lists_are_fresh || refresh
  if ! simulate "$@"; then
    [ -n "$refreshed" ] || refresh
    simulate "$@" || cannot_install "$@"
  fi
  note_what_changes
  # shellcheck disable=SC2154 # it sets "going"
  echo "installing $*${going:+, in the place of $(printf '%s' "$going" | tr '\n' ' ')}"
  if ! add_packages "$@"; then
    [ -z "$refreshed" ] || package_failed "could not install $*"
    refresh
    add_packages "$@" || package_failed "could not install $*"
  fi
  note_units
}
