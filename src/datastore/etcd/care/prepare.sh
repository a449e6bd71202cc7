# shellcheck shell=sh
# Makes the data of a member of a new cluster from a copy, which is checked first and removed then; of one that fails nothing is
# left. Its revisions go on far behind the last one, and all before count as compacted (etcd's documentation of disaster recovery:
# --bump-revision, --mark-compacted).
# $1 = copy, $2 = folder to make, $3 = name of the member, $4 = its URL for other members, $5 = all members, $6 = token of the cluster,
# $7 = revisions to go ahead
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh
# include: ../../../shell/lib/sync.sh

command -v etcdutl > /dev/null || die "Error: etcdutl is not on this host; kinit init brings it"
umask 077
rm -rf -- "$2"
if etcdutl snapshot status "$1" > /dev/null &&
  etcdutl snapshot restore "$1" --data-dir "$2" --name "$3" --initial-advertise-peer-urls "$4" --initial-cluster "$5" \
    --initial-cluster-token "$6" --bump-revision "$7" --mark-compacted > /dev/null &&
  sync_file "$2"/member/snap/db "$2"/member/wal/* "$2"/member "$2"; then
  rm -f -- "$1"
else
  rm -rf -- "$1" "$2"
  exit 1
fi
