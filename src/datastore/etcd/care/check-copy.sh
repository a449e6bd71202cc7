# shellcheck shell=sh
# check_copy FILE: reads a copy of etcd's data through, by the SHA-256 that etcd writes behind it, then page by page. Prints what it holds, as JSON.
# include: ../../../shell/lib/die.sh

check_copy() {
  size=$(wc -c < "$1")
  own=$(tail -c 32 -- "$1" | od -An -v -tx1 | tr -d ' \n')
  found=$(head -c "$((size - 32))" -- "$1" | sha256sum | cut -c1-64)
  [ "$own" = "$found" ] || die "Error: the copy is damaged: its SHA-256 is $found, etcd wrote $own"
  # etcd 3.6: etcdutl/snapshot Status.
  etcdutl snapshot status -w json "$1" |
    sed 's/.*"revision": *\([0-9]*\).*"totalKey": *\([0-9]*\).*/{"revision":\1,"keys":\2,"bytes":'"$size"'}/'
}
