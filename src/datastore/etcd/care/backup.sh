# shellcheck shell=sh
# Writes a consistent copy of a member's data, as of one moment, and checks it: by the SHA-256 that etcd writes behind it, then
# page by page. Prints what it holds, as JSON.
# $1 = URL of the member, $2 = file to write
# include: ./member.sh

umask 077
rm -f -- "$2" "$2.part"
etcdctl snapshot save "$2" > /dev/null || {
  rm -f -- "$2.part"
  exit 1
}
size=$(wc -c < "$2")
own=$(tail -c 32 -- "$2" | od -An -v -tx1 | tr -d ' \n')
found=$(head -c "$((size - 32))" -- "$2" | sha256sum | cut -c1-64)
[ "$own" = "$found" ] || die "Error: the copy is damaged: its SHA-256 is $found, etcd wrote $own"
# etcd 3.6: etcdutl/snapshot Status.
etcdutl snapshot status -w json "$2" |
  sed 's/.*"revision": *\([0-9]*\).*"totalKey": *\([0-9]*\).*/{"revision":\1,"keys":\2,"bytes":'"$size"'}/'
