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
# include: ./held.sh
# include: ../../packages/installing.sh
# include: ./why-not.sh

version_there() {
  # shellcheck disable=SC2016 # the braces are dpkg-query's own
  status=$(dpkg-query -W -f '${db:Status-Status} ${Version}' -- "$1" 2> /dev/null)
  case "$status" in 'installed '*) echo "${status#* }" ;; *) return 1 ;; esac
}

by_hand() { echo "apt-get install $(exact_wishes "$1")"; }

lists_are_fresh() {
  set -- /var/lib/apt/lists/*_Packages*
  [ -e "$1" ] && [ -z "$(newer_sources)" ] && [ -n "$(find /var/lib/apt/lists /var/lib/apt/lists/partial /var/lib/apt/periodic/update-success-stamp \
    -maxdepth 0 -mmin -1440 2> /dev/null)" ]
}

# Files of sources that were written after the lists were last read.
newer_sources() {
  find /etc/apt/sources.list /etc/apt/sources.list.d -newer /var/lib/apt/lists/partial -newer /var/lib/apt/lists 2> /dev/null
}

# versions_of NAME: those that the lists have, newest first.
versions_of() { timeout 60 apt-cache madison "$1" 2> /dev/null | sed 's/^[^|]*| *\([^ |]*\).*/\1/'; }

# exact_wishes WISH...: apt takes a version only with its epoch and revision.
exact_wishes() {
  for wish in "$@"; do
    name=${wish%%=*}
    if [ "$name" != "$wish" ] && version=$(fitting_version "${wish#*=}" "$(versions_of "$name")"); then wish=$name=$version; fi
    printf '%s\n' "$wish"
  done
}

simulate() {
  # shellcheck disable=SC2046 # a word each
  apt_get install -s --no-install-recommends -- $(exact_wishes "$@")
}

# From what the simulation printed.
note_what_changes() {
  going=$(sed -n 's/^Remv \([^ ]*\) .*/\1/p' "$log")
  coming=$(sed -n 's/^Inst \([^ ]*\) (.*/\1/p' "$log")
  [ -z "$going" ] || note packages-removed "$going"
  [ -n "$coming" ] || return 0
  # In one process: there are dozens. A name without an architecture is this machine's own, which comes first.
  # shellcheck disable=SC2016,SC2086 # the braces are dpkg-query's own; a word each
  there=$(dpkg-query -W -f '${Package} ${Package}:${Architecture} ${db:Status-Status}\n' -- $coming 2> /dev/null)
  # shellcheck disable=SC2016 # awk's own
  note packages-added "$(printf '%s\n' "$coming" | there=$there awk '
    BEGIN {
      count = split(ENVIRON["there"], lines, "\n")
      for (i = 1; i <= count; i++) {
        split(lines[i], word, " ")
        if (!(word[1] in state)) state[word[1]] = word[3]
        state[word[2]] = word[3]
      }
    }
    { print $1 " " state[$1] }')"
}

add_packages() {
  # shellcheck disable=SC2046 # a word each
  install_packages $(exact_wishes "$@")
}

files_of() { dpkg -L "$@" 2> /dev/null; }

hold() { apt-mark hold "$1" > "$log" 2>&1 || package_failed "could not hold $1"; }

notes=$1
shift
refuse_other_versions "$@"
apt_mend
install_wishes "$@"
