# shellcheck shell=sh
# Puts the manifest of a static pod in the place of another one, once nothing is left of the pod that was made from that: the kubelet starts the new
# pod at once then. Where the one is written over the other it refuses the new pod while the old one ends, and asks itself again only after 10 to
# 15 s (kubelet: allowStaticPodStart, workerBackOffPeriod). The last that goes of a pod are its control groups (kubelet: SyncTerminatedPod).
# A kubelet that has not heard of its API server since it was started ends no pod (kubelet: deletePod): it is started again.
#   $1  path of the manifest
#   $2  the new one, on the same file system
#   $3  namespace and name of the pod, as folders of logs have them: kube-system_etcd-node1
#   $4  where pods have their folders of logs
#   $5  where control groups are
#   $6  seconds that the old pod has to end
# include: ../shell/lib/host-path.sh
# include: ../shell/lib/sync.sh

path=$1
new=$2
seconds=$6

# Also where this is ended: a host without a manifest is worse off than one that waits.
trap 'mv -f -- "$new" "$path"' EXIT
trap 'exit 1' HUP INT PIPE TERM

# Prints the control groups of pods of that name of which a container runs. Folders of logs stay when the pod has gone.
cgroups_of() {
  for logs in "$2/$1"_*; do
    [ -d "$logs" ] || continue
    uid=${logs##*_}
    found=$(find "$3" -maxdepth 6 -type d -name "*pod$uid*" 2> /dev/null)
    [ -n "$found" ] && [ -n "$(timeout 20 crictl ps -q --label "io.kubernetes.pod.uid=$uid" 2> /dev/null)" ] || continue
    printf '%s\n' "$found"
  done
}

# Whether one of the folders is there.
any() {
  for folder; do [ ! -d "$folder" ] || return 0; done
  return 1
}

uptime() {
  read -r now _ < /proc/uptime
  echo "${now%.*}"
}

stuck=
# Without a kubelet nobody ends the pod.
if systemctl is-active --quiet kubelet; then
  left=$(cgroups_of "$3" "$4" "$5")
  if [ -n "$left" ]; then
    until=$(($(uptime) + seconds))
    rm -f -- "$path"
    # shellcheck disable=SC2086
    while any $left && [ -z "$stuck" ]; do
      sleep 0.2
      [ "$(uptime)" -lt "$until" ] || stuck=yes
    done
    # The kubelet has a last word with itself behind that.
    [ -n "$stuck" ] || sleep 0.3
  fi
fi
trap - EXIT
mv -f -- "$new" "$path" && sync_file "${path%/*}" || exit 1
[ -z "$stuck" ] || {
  echo "the kubelet does not end ${3#*_}: starting it again"
  systemctl restart kubelet
}
