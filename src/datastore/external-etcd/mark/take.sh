# shellcheck shell=sh
# Takes what is below a prefix for this cluster, once; refuses what is another's, marked or not. It may be cut anywhere and run again.
# $1 to $4 as in client.sh, $5 = key of the mark, $6 = the prefix, with a slash at its end, $7 = this cluster in the mark,
# $8 = yes|no: an API server of this cluster has its objects there already
# include: ./client.sh
# include: ../../../shell/lib/die.sh

key=$5 prefix=$6 owner=$7 begun=$8
command -v etcdctl > /dev/null || die 'Error: etcdctl is not on this host; kinit init brings it'

mark() {
  said=$(ask get "$key" --print-value-only < /dev/null 2>&1) || die "Error: etcd at $1: $(words "$said")"
}

other() {
  die "Error: etcd at $1: what is below $prefix belongs to another cluster (its mark is $(printf %.12s "$said"), that of this one $(printf %.12s "$owner")). Give this one another datastoreServer.prefix, or empty that one where nobody needs it: etcdctl del --prefix $prefix"
}

mark "$1"
[ "$said" != "$owner" ] || exit 0
if [ "$begun" = yes ]; then
  answer=$(ask put "$key" "$owner" < /dev/null 2>&1) || die "Error: etcd at $1: $(words "$answer")"
  exit 0
fi
[ -z "$said" ] || other "$1"
answer=$(ask get "$prefix" --prefix --count-only -w fields < /dev/null 2>&1) || die "Error: etcd at $1: $(words "$answer")"
keys=$(printf '%s\n' "$answer" | sed -n 's/^"Count" : //p')
[ "${keys:-0}" -eq 0 ] ||
  die "Error: etcd at $1: $keys keys of a cluster that kinit did not make are below $prefix. Give this one another datastoreServer.prefix, or empty that one where nobody needs it: etcdctl del --prefix $prefix"
# Another may be first.
answer=$(printf 'ver("%s") = "0"\n\nput %s %s\n\n\n' "$key" "$key" "$owner" | ask txn 2>&1) ||
  die "Error: etcd at $1: $(words "$answer")"
mark "$1"
[ "$said" = "$owner" ] || other "$1"
