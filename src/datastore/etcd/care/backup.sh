# shellcheck shell=sh
# Writes a consistent copy of a member's data, as of one moment, and checks it: by the SHA-256 that etcd writes behind it, then
# page by page. Prints what it holds, as JSON.
# $1 = URL of the member, $2 = file to write, $3 = its data, $4 = URL of its metrics, $5 = seconds that no election takes
# include: ./member.sh
# include: ./metrics.sh
# include: ./check-copy.sh

# Without a majority of the members nothing is written to the data of this one, and one that was started without them answers nobody. The
# file of the data becomes what etcd would have written: with its SHA-256 behind it, as bytes.
copy_file() {
  before=$(sha256sum < "$1") || return 1
  cp -- "$1" "$2" || return 1
  after=$(sha256sum < "$1")
  [ "$before" = "$after" ] && [ "$before" = "$(sha256sum < "$2")" ] ||
    die "Error: $1 was written to while it was copied"
  hex=${before%% *}
  while [ -n "$hex" ]; do
    rest=${hex#??}
    printf '%b' "\\0$(printf '%03o' "0x${hex%"$rest"}")" >> "$2" || return 1
    hex=$rest
  done
}

# alone URL SECONDS: whether it has no leader all the time.
alone() {
  tries=0
  while [ "$tries" -lt "$2" ]; do
    [ "$(metrics "$1" | sed -n 's/^etcd_server_has_leader //p')" = 0 ] || return 1
    tries=$((tries + 1))
    sleep 1
  done
}

umask 077
rm -f -- "$2" "$2.part"
if alone "$4" "$5"; then
  copy_file "$3/member/snap/db" "$2" || exit 1
else
  etcdctl snapshot save "$2" > /dev/null || {
    rm -f -- "$2.part"
    exit 1
  }
fi
check_copy "$2"
