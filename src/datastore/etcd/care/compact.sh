# shellcheck shell=sh
# Takes old revisions away, then gives the space back: one member after the other, each waited for before the next, for one that does
# so answers nobody. A member whose space was used up takes no writes until its alarm is taken back, which is done once there is space
# again, but never beside another alarm (CORRUPT): that is for a person. Prints the bytes that are left of this host's member (JSON of etcdctl endpoint status).
# $1 = URL of this host's member, $2 = revision, below which all are taken away; 0: none; the others = URLs of all members, in order
# include: ./member.sh

mine=$1
before=$2
shift 2
# Another one, for example an API server, may have been here first: then there is nothing left to take away.
[ "$before" -eq 0 ] || said=$(etcdctl --command-timeout 120s compaction --physical "$before" 2>&1) ||
  case $said in
    *'has been compacted'*) ;;
    *) die "Error: ${said##*rror: }" ;;
  esac
for member; do
  export ETCDCTL_ENDPOINTS="$member"
  etcdctl --command-timeout 900s defrag > /dev/null || exit 1
  tries=0
  # A read: `endpoint health` calls every member ill while an alarm is there.
  until etcdctl get health > /dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || die "Error: $member does not answer after its data were written anew"
    sleep 1
  done
done
alarms=$(etcdctl alarm list) || exit 1
case $(printf '%s\n' "$alarms" | sed -n 's/.*alarm:\([A-Z_]*\).*/\1/p' | sort -u) in
  NOSPACE) etcdctl alarm disarm > /dev/null || exit 1 ;;
esac
ETCDCTL_ENDPOINTS=$mine etcdctl endpoint status -w json
