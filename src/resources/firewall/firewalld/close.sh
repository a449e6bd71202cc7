# shellcheck shell=sh
# Takes back what open.sh opened, where firewalld runs, with the files that it wrote for that. What does not go is told.
# "$1" = names of zones, the rest = calls of firewall-cmd, the words of one in each
# include: ../../../shell/lib/host-path.sh
# include: call.sh

folder=/etc/firewalld/zones
zones=$1
shift

# had FILE: whether it was there before. An earlier kinit noted nothing.
had() { [ ! -e "$D/firewalld-zones" ] || grep -q -x -F -e "$1" "$D/firewalld-zones"; }

# lines FILE: what stands in it, in whatever form.
lines() { sed 's/^[[:space:]]*//; /^$/d; /^<?xml/d' "$1" 2> /dev/null | sort; }

systemctl -q is-active firewalld || exit 0
for call in "$@"; do
  call "$call" || echo "firewalld: removing $(what_of "$call") failed"
done
# With its first change a zone gets a file of its own. One in which nothing of a person's stands says what the package's says.
for zone in $zones; do
  file=$folder/$zone.xml
  if ! had "$zone.xml" && [ "$(lines "$file")" = "$(lines "/usr/lib/firewalld/zones/$zone.xml")" ]; then rm -f -- "$file"; fi
  had "$zone.xml.old" || rm -f -- "$file.old"
done
exit 0
