# shellcheck shell=sh
# Installs packages, NAME or NAME=VERSION, refreshing the package lists only when they are missing, older than a day, do not know a name, or no
# longer match the archive.
# "$1" = folder for notes, the rest = names
#
# What is there in another version than the one that is named is not changed: that is an error. Where a version is named it
# is put on hold, so that nothing upgrades it.
#
# In the folder, packages-removed collects packages that had to go because they conflict (chrony takes systemd-timesyncd's
# place), so that removing ours can bring them back; packages-added those that come, with the ones they depend on, and
# after each whether its configuration files were there ("config-files") or nothing was; units-added the systemd units that
# come with them.
# include: ./apt-get.sh
# include: ../../packages/notes.sh
# include: ./why-not.sh

# Ends the script where one of "$@" is there in another version.
refuse_other_versions() {
  for wish in "$@"; do
    name=${wish%%=*}
    [ "$name" != "$wish" ] || continue
    # shellcheck disable=SC2016 # the braces are dpkg-query's own
    there=$(dpkg-query -W -f '${db:Status-Status} ${Version}' -- "$name" 2> /dev/null)
    case "$there" in
      "installed ${wish#*=}") ;;
      'installed '*)
        echo "$name is there in version ${there#* }, and the inventory says ${wish#*=}: kinit does not change the version of a package that is there. By hand: apt-get install $wish; or name the version that is there" >&2
        exit 1
        ;;
    esac
  done
}

hold_versions() {
  for wish in "$@"; do
    [ "${wish%%=*}" = "$wish" ] || apt-mark hold "${wish%%=*}" > "$log" 2>&1 || package_failed "could not hold ${wish%%=*}"
  done
}

lists_are_fresh() {
  set -- /var/lib/apt/lists/*_Packages*
  [ -e "$1" ] && [ -n "$(find /var/lib/apt/lists /var/lib/apt/lists/partial /var/lib/apt/periodic/update-success-stamp \
    -maxdepth 0 -mmin -1440 2> /dev/null)" ]
}

refresh() {
  refreshed=yes
  refresh_lists
}

# What an installation would do, into the log.
simulate() {
  apt_get install -s --no-install-recommends -- "$@"
}

# From what the simulation printed.
note_what_changes() {
  going=$(sed -n 's/^Remv \([^ ]*\) .*/\1/p' "$log")
  coming=$(sed -n 's/^Inst \([^ ]*\) (.*/\1/p' "$log")
  [ -z "$going" ] || note packages-removed "$going"
  for name in $coming; do
    # shellcheck disable=SC2016 # the braces are dpkg-query's own
    note packages-added "$name $(dpkg-query -W -f '${db:Status-Status}' -- "$name" 2> /dev/null)"
  done
}

# Units that come with them: what they start is told apart from what ran before.
note_units() {
  for name in $coming; do
    dpkg -L "$name" 2> /dev/null | sed -n 's,^.*/systemd/system/\([^/@]*\.\(service\|socket\|timer\)\)$,\1,p'
  done > "$log"
  [ ! -s "$log" ] || note units-added "$(cat < "$log")"
}

notes=$1
shift
refreshed=
refuse_other_versions "$@"
apt_mend
lists_are_fresh || refresh
if ! simulate "$@"; then
  [ -n "$refreshed" ] || refresh
  simulate "$@" || cannot_install "$@"
fi
note_what_changes
echo "installing $*${going:+, in the place of $(printf '%s' "$going" | tr '\n' ' ')}"
if ! install_packages "$@"; then
  [ -z "$refreshed" ] || package_failed "could not install $*"
  refresh
  install_packages "$@" || package_failed "could not install $*"
fi
note_units
hold_versions "$@"
