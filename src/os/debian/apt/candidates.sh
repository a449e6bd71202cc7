# shellcheck shell=sh
# Prints 'candidate=NAME VERSION' for packages that are there, or that the lists have.
# "$@" = names

command -v apt-cache > /dev/null || exit 0
LC_ALL=C timeout 15 apt-cache policy -- "$@" 2> /dev/null | awk '
  /^[^ ].*:$/ { name = $0; sub(/:$/, "", name); version = "" }
  /^ *Installed: / && $2 != "(none)" { version = $2; print "candidate=" name " " version }
  /^ *Candidate: / && version == "" && $2 != "(none)" { print "candidate=" name " " $2 }'
