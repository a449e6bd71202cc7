# shellcheck shell=sh
# What beginnings.sh does once etcdctl knows whom to ask.
# $2 = the path, with a slash at its end, $3 = what begins otherwise than this is no matter ('': all counts)
# the others = the beginnings, one of which each shall have

folder=$2
only=$3
shift 3
# The sign that follows a slash ends what is below it.
end=${folder%/}0
pages=500

# Of `etcdctl get -w fields`: the line of a key, then, among others, the line of its value, both quoted as Go has it.
judge() {
  WANTED="$*" ONLY="$only" FROM="$from" awk '
    BEGIN { n = split(ENVIRON["WANTED"], wanted, " "); only = ENVIRON["ONLY"]; from = ENVIRON["FROM"] }
    /^"Key" : / { key = substr($0, 10, length($0) - 10); next }
    /^"Value" : / {
      seen++
      if (key == from) next
      all++
      if (only != "" && substr($0, 12, length(only)) != only) next
      for (i = 1; i <= n; i++) if (substr($0, 12, length(wanted[i])) == wanted[i]) next
      left++
      print "key=" key
    }
    /^failed$/ { bad = 1; exit }
    END { if (bad) exit 1; print "seen=" seen + 0; print "all=" all + 0; print "left=" left + 0; print "last=" key }'
}

value() { printf '%s\n' "$page" | sed -n "s/^$1=//p" | tail -n 1; }

from=
start=$folder
all=0
left=0
while :; do
  page=$({ timeout 60 etcdctl get "$start" "$end" --limit "$pages" -w fields < /dev/null || echo failed; } | judge "$@")
  case $page in *last=*) ;; *) die "Error: etcd does not let its data be read" ;; esac
  if [ "$left" -lt 20 ]; then printf '%s\n' "$page" | grep '^key=' | head -n 20; fi
  all=$((all + $(value all)))
  left=$((left + $(value left)))
  from=$(value last)
  start=$from
  [ "$(value seen)" -ge "$pages" ] || break
done
echo "all=$all"
echo "left=$left"
