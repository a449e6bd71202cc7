# shellcheck shell=sh
# Why apt-get does not install what it was asked for, as it can be seen in its lists. Needs apt-get.sh.

# shellcheck disable=SC2154 # whoever includes this has $log and $unrefreshed
: "$log" "$unrefreshed"

# cannot_install WISH...: says why, and ends the script. What apt says of lists that could not be refreshed goes first.
cannot_install() {
  [ -z "$unrefreshed" ] || package_failed "cannot install $*"
  reasons=$(
    held_packages
    for wish in "$@"; do why_not "$wish"; done
  )
  [ -n "$reasons" ] || package_failed "cannot install $*"
  printf '%s\n' "cannot install $*:" "$reasons" >&2
  exit 1
}

# From what apt-get printed: a list, indented, below a line.
held_packages() {
  held=$(sed -n '/^The following held packages will be changed/,/^[^ ]/s/^ \{1,\}//p' "$log" | tr '\n' ' ')
  held=${held% }
  [ -z "$held" ] ||
    echo "on hold, and would have to change: $held (a person put that on hold; it is taken off with: apt-mark unhold $held)"
}

# why_not WISH: nothing where apt knows it.
why_not() {
  name=${1%%=*}
  versions=$(versions_of "$name" | sort -u)
  candidate=$(timeout 60 apt-cache policy "$name" 2> /dev/null | sed -n 's/^ *Candidate: //p')
  if [ -z "$versions" ]; then
    [ "${candidate:-(none)}" != '(none)' ] || echo "$name: no repository of this host has a package of that name (apt-cache policy $name)"
  elif [ "$name" != "$1" ]; then
    fitting_version "${1#*=}" "$versions" > /dev/null ||
      echo "$name: there is no version ${1#*=}; the repositories of this host have $(printf '%s\n' "$versions" | head -n 5 | tr '\n' ' ' | sed 's/ $//; s/ /, /g')"
  elif [ "$candidate" = '(none)' ]; then
    echo "$name: a pin keeps it out (/etc/apt/preferences, /etc/apt/preferences.d; apt-cache policy $name)"
  fi
}
