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
# include: ../../packages/installing.sh
# include: ./version-lock.sh
# include: ./why-not.sh

version_there() { rpm -q --qf '%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}' -- "$1" 2> /dev/null; }

by_hand() { echo "$program install $(package_names "$1")"; }

# The plugin may not be there; then its package is one more to install.
lock_plugin() {
  case " $* " in *=*) ;; *) return ;; esac
  [ -z "$(lock_list)" ] || return
  if [ "$program" = dnf ]; then echo python3-dnf-plugin-versionlock; else echo yum-plugin-versionlock; fi
}

lists_are_fresh() {
  newest=$(find /var/cache/dnf /var/cache/yum -name repomd.xml -mmin -1440 2> /dev/null | head -n 1)
  [ -n "$newest" ] && [ -z "$(find /etc/yum.repos.d -newer "${newest%/*}" 2> /dev/null)" ]
}

# The simulation ends with 1 where there is something to do.
simulate() {
  # It would ask the same repositories again, for as long.
  [ -z "${unreadable:-}" ] || return 1
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
add_packages() {
  keys=$(keys)
  install_packages "$@"
  ended=$?
  new=$(keys | grep -vxF -e "$keys")
  [ -z "$new" ] || note keys-added "$new"
  return "$ended"
}

files_of() { rpm -ql -- "$@" 2> /dev/null; }

hold() { lock_version "$1"; }

notes=$1
shift
refuse_other_versions "$@"
# shellcheck disable=SC2046 # a word, or none
install_wishes "$@" $(lock_plugin "$@")
