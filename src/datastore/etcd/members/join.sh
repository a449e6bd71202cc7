# shellcheck shell=sh
# Makes this host a member of an etcd that is there, as a learner, and writes the manifest that it begins with. What is done is decided
# from the list that etcd itself has, so that it may be cut anywhere and run again.
# $1 = name, $2 = its peer URL, $3 = data folder, $4 = manifest to write, $5 = what stands in it for the members,
# $6 = URLs of other members, for clients, comma separated, $7 = peer URLs of hosts that kinit makes members, space separated,
# $8 = the systemd unit in which it runs; empty: in a pod, $9 = folder of its log
# Standard input = the manifest
# include: ./client.sh
# include: ../../../shell/lib/die.sh
# include: ../../../shell/lib/sync.sh

umask 077
name=$1 peer=$2 data=$3 manifest=$4 mark=$5 others=$6 ours=$7 unit=$8 log=$9
text=$(cat)
command -v etcdctl > /dev/null || die 'Error: etcdctl is not on this host; kinit init brings it'

seconds=0
until look "$others"; do
  [ "$seconds" -lt 60 ] || die "Error: no member of etcd answers at $others"
  echo 'waiting for a member of etcd to answer'
  seconds=$((seconds + 5))
  sleep 5
done

# Data of a member that etcd has no more are of no use to it, and it does not start on them. They are kept beside.
put_data_aside() {
  # Empty: it was made for the member that begins here.
  rmdir -- "$data/member" 2> /dev/null
  [ -d "$data/member" ] || return 0
  end_member
  mv -- "$data/member" "$data/removed-$(date +%Y%m%d%H%M%S)" || exit 1
}

end_member() {
  if [ -n "$unit" ]; then
    timeout 120 systemctl stop -- "$unit" || die "Error: $unit does not end; systemctl status $unit says why"
    return
  fi
  rm -f -- "$manifest"
  tries=0
  while [ -n "$(timeout 30 crictl ps -q --label io.kubernetes.container.name=etcd)" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || die 'Error: etcd runs on this host though its manifest is gone; journalctl -u kubelet says why'
    [ $((tries % 5)) -ne 0 ] || echo 'waiting for the old etcd of this host to end'
    sleep 1
  done
}

mine=$(line_of "$peer")
if [ -n "$mine" ] && [ "$(field 2 "$mine")" = started ] && ! has_log "$log"; then
  echo 'its data are gone: the member of this name is taken out of etcd'
  said=$(ask member remove "$(field 1 "$mine")" 2>&1) || die "Error: ${said##*rror: }"
  mine=
fi
if [ -z "$mine" ]; then
  put_data_aside
  seconds=0
  while ! said=$(ask member add "$name" --learner --peer-urls "$peer" 2>&1); do
    look "$others"
    # The answer was lost.
    [ -z "$(line_of "$peer")" ] || break
    [ "$seconds" -lt 120 ] || die "Error: ${said##*rror: }"
    # etcd takes one learner at a time. One that never started is what a run that was cut has left: its own host adds it again.
    # One that has started is a full member as soon as it has caught up and somebody asks for that.
    learner=$(printf '%s\n' "$list" | awk -F', ' '$6 == "true" { print; exit }')
    other=$(field 4 "$learner")
    case "$(field 2 "$learner") $ours " in
      'started '*) ask member promote "$(field 1 "$learner")" > /dev/null 2>&1 && continue ;;
      'unstarted '*" $other "*) ask member remove "$(field 1 "$learner")" > /dev/null 2>&1 && continue ;;
    esac
    echo "waiting for etcd to take a member${other:+, behind $other}: ${said##*rror: }"
    seconds=$((seconds + 2))
    sleep 2
  done
fi
look "$others" || die "Error: no member of etcd answers at $others"
# Those without a name have not started; etcd wants to hear of them all the same.
all=$(printf '%s\n' "$list" | awk -F', ' -v peer="$peer" -v name="$name" '{
  n = split($4, urls, ",")
  who = $3 == "" ? $1 : $3
  for (i = 1; i <= n; i++) if (urls[i] == peer) who = name
  for (i = 1; i <= n; i++) printf "%s%s=%s", (c++ ? "," : ""), who, urls[i]
}')
case ",$all," in
  *",$name=$peer,"*) ;;
  *) die "Error: etcd does not have this host among its members: $all" ;;
esac
# The kubelet starts no member's pod without it.
mkdir -p -- "$data/member" || exit 1
new=$manifest.kinit-new
# Beside the manifests, where the kubelet does not take it for another pod.
[ -n "$unit" ] || new=${manifest%/*/*}/${manifest##*/}.kinit-new
printf '%s\n' "$text" | sed "s|$mark|$all|" > "$new" || exit 1
sync_file "$new" && mv -f -- "$new" "$manifest" && sync_file "${manifest%/*}"
