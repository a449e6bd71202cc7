# shellcheck shell=sh
# What etcd says of itself and of its data, in parts: '=== endpoints' (JSON) of the members that answer, '=== members' (etcdctl
# member list: all that it has), '=== alarms', '=== log' with the bytes of this member's write-ahead log, '=== keys' with lines "COUNT BEGINNING", '=== metrics' with this member's.
# $1 = URL of this host's member, $2 = its data, $3 = URL of its metrics
# include: ./member.sh
# include: ./metrics.sh
# include: ../../histogram.sh

echo '=== alarms'
timeout 30 etcdctl alarm list || exit 1
echo '=== members'
timeout 30 etcdctl member list || exit 1
echo '=== endpoints'
timeout 90 etcdctl endpoint status --cluster -w json
echo '=== log'
du -sk -- "$2/member/wal" | cut -f1
echo '=== keys'
# /registry/KIND/... or, of what has a group with a dot, /registry/GROUP/KIND/...
timeout 300 etcdctl get / --prefix --keys-only | awk -F/ '
  NF > 2 { n["/" $2 "/" $3 (index($3, ".") && NF > 4 ? "/" $4 : "")]++; all++ }
  END { for (k in n) print n[k], k "/*"; print all + 0, "all" }' | sort -rn | head -n 6
echo '=== metrics'
counted=$(metrics "$3")
printf '%s\n' "$counted" | grep '^etcd_debugging_mvcc_compact_revision '
printf '%s\n' "$counted" | histogram etcd_disk_wal_fsync_duration_seconds
printf '%s\n' "$counted" | histogram etcd_disk_backend_commit_duration_seconds
exit 0
