# shellcheck shell=sh
# Puts the manifest of a static pod in the place of another one, once nothing is left of the pod that was made from that: the kubelet starts the new
# pod at once then. Where the one is written over the other it refuses the new pod while the old one ends, and asks itself again only after 10 to
# 15 s (kubelet: allowStaticPodStart, workerBackOffPeriod). The last that goes of a pod are its control groups (kubelet: SyncTerminatedPod).
#   $1  path of the manifest
#   $2  the new one, on the same file system
#   $3  namespace and name of the pod, as folders of logs have them: kube-system_etcd-node1
#   $4  where pods have their folders of logs
#   $5  where control groups are
# include: ../shell/lib/host-path.sh

path=$1
new=$2
tries=300

# Also where this is ended: a host without a manifest is worse off than one that waits.
trap 'mv -f -- "$new" "$path"' EXIT
trap 'exit 1' HUP INT PIPE TERM

# Prints the control groups of pods of that name. Folders of logs stay when the pod has gone.
cgroups_of() {
  for logs in "$2/$1"_*; do
    find "$3" -maxdepth 6 -type d -name "*pod${logs##*_}*" 2> /dev/null
  done
}

# Whether one of the folders is there.
any() {
  for folder; do [ ! -d "$folder" ] || return 0; done
  return 1
}

# Without a kubelet nobody ends the pod.
if systemctl is-active --quiet kubelet; then
  left=$(cgroups_of "$3" "$4" "$5")
  rm -f -- "$path"
  # shellcheck disable=SC2086
  while any $left && [ "$tries" -gt 0 ]; do
    sleep 0.2
    tries=$((tries - 1))
  done
fi
trap - EXIT
mv -f -- "$new" "$path"
