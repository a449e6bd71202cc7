# shellcheck shell=sh
# Why dnf does not install what it was asked for, as it can be seen in its lists. Needs dnf.sh.

# shellcheck disable=SC2154 # whoever includes this has them
: "$log" "$program" "$unrefreshed"

# cannot_install WISH...: says why, and ends the script. What dnf says of lists that could not be refreshed goes first.
cannot_install() {
  [ -z "$unrefreshed" ] || package_failed "cannot install $*"
  cp -- "$log" "$log.why"
  reasons=$(for wish in "$@"; do why_not "$wish"; done)
  mv -- "$log.why" "$log"
  [ -n "$reasons" ] || package_failed "cannot install $*"
  printf '%s\n' "cannot install $*:" "$reasons" >&2
  exit 1
}

# why_not WISH: nothing where dnf knows it.
why_not() {
  name=${1%%=*}
  versions=$(
    ask --showduplicates list available "$name"
    awk -v name="$name" '{ short = $1; sub(/\.[^.]*$/, "", short) } short == name && NF >= 3 { print $2 }' "$log" | sort -u
  )
  if [ -z "$versions" ]; then
    grep -qE "^[^ ]*(No package|Unable to find|No match).*$name" "$log.why" || return 0
    echo "$name: no repository of this host has a package of that name ($program list $name)"
  elif [ "$name" != "$1" ]; then
    fitting_version "${1#*=}" "$versions" > /dev/null ||
      echo "$name: there is no version ${1#*=}; the repositories of this host have $(printf '%s\n' "$versions" | head -n 5 | tr '\n' ' ' | sed 's/ $//; s/ /, /g')"
  fi
}
