# shellcheck shell=sh
# Installs packages, NAME or NAME=VERSION, refreshing the package lists only when they are missing, older than a day or than the
# repository files, or do not know a name.
# "$1" = folder for notes, the rest = names
#
# What is there in another version than the one that is named is not changed: that is an error. Where a version is named it
# comes onto the list of versionlock, so that nothing upgrades it.
#
# In the folder, packages-added collects packages that come, with the ones they depend on; packages-removed those that had to
# go; keys-added the keys of repositories that were taken in; units-added the systemd units that come.
# include: ./dnf.sh
# include: ../../packages/notes.sh
# include: ./version-lock.sh
# include: ./why-not.sh

# Ends the script where one of "$@" is there in another version.
refuse_other_versions() {
  for wish in "$@"; do
    name=${wish%%=*}
    [ "$name" != "$wish" ] || continue
    there=$(rpm -q --qf '%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}' -- "$name" 2> /dev/null) || continue
    [ "$there" != "${wish#*=}" ] || continue
    echo "$name is there in version $there, and the inventory says ${wish#*=}: kinit does not change the version of a package that is there. By hand: $program install $name-${wish#*=}; or name the version that is there" >&2
    exit 1
  done
}

# The plugin may not be there; then its package is one more to install.
lock_plugin() {
  case " $* " in *=*) ;; *) return ;; esac
  [ -z "$(lock_list)" ] || return
  if [ "$program" = dnf ]; then echo python3-dnf-plugin-versionlock; else echo yum-plugin-versionlock; fi
}

hold_versions() {
  for wish in "$@"; do
    name=${wish%%=*}
    if [ "$name" != "$wish" ] && ! is_locked "$name"; then lock_version "$name"; fi
  done
}

lists_are_fresh() {
  newest=$(find /var/cache/dnf /var/cache/yum -name repomd.xml -mmin -1440 2> /dev/null | head -n 1)
  [ -n "$newest" ] && [ -z "$(find /etc/yum.repos.d -newer "${newest%/*}" 2> /dev/null)" ]
}

refresh() {
  refreshed=yes
  refresh_lists
}

# What an installation would do, into the log. It ends with 1 where there is something to do.
simulate() {
  # shellcheck disable=SC2046 # a word each
  ask install --assumeno $(package_names "$@")
  grep -q -e '^Transaction Summary' -e '^Nothing to do' "$log"
}

# rows HEADING: names in the table that the simulation printed, below the headings that begin so.
rows() {
  awk -v wanted="$1" '/^[A-Z][^|]*:$/ { take = index($0, wanted) == 1 } /^Transaction Summary/ { exit }
    take && /^ [^ ]/ { print $1 }' "$log"
}

note_what_changes() {
  going=$({ rows Removing; sed -n 's/^ *replacing  *\([^ ]*\)\.[^. ]* .*/\1/p' "$log"; } | sort -u)
  coming=$(rows Installing)
  [ -z "$going" ] || note packages-removed "$going"
  [ -z "$coming" ] || note packages-added "$coming"
}

keys() { rpm -q gpg-pubkey 2> /dev/null | grep '^gpg-pubkey-' | sort; }

# The keys of repositories come with the first package of theirs, also where it is then refused.
install_and_note_keys() {
  keys=$(keys)
  install_packages "$@"
  ended=$?
  new=$(keys | grep -vxF -e "$keys")
  [ -z "$new" ] || note keys-added "$new"
  return "$ended"
}

# Units that come with them: what they start is told apart from what ran before.
note_units() {
  for name in $coming; do
    rpm -ql -- "$name" 2> /dev/null | sed -n 's,^.*/systemd/system/\([^/@]*\.\(service\|socket\|timer\)\)$,\1,p'
  done > "$log"
  [ ! -s "$log" ] || note units-added "$(cat < "$log")"
}

notes=$1
shift
refreshed=
refuse_other_versions "$@"
plugin=$(lock_plugin "$@")
# shellcheck disable=SC2086 # a word, or none
set -- "$@" $plugin
lists_are_fresh || refresh
if ! simulate "$@"; then
  [ -n "$refreshed" ] || refresh
  simulate "$@" || cannot_install "$@"
fi
note_what_changes
echo "installing $*${going:+, in the place of $(printf '%s' "$going" | tr '\n' ' ')}"
if ! install_and_note_keys "$@"; then
  [ -z "$refreshed" ] || package_failed "could not install $*"
  refresh
  install_and_note_keys "$@" || package_failed "could not install $*"
fi
note_units
hold_versions "$@"
