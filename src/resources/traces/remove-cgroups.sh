# shellcheck shell=sh
# remove_cgroups: the kubelet's slices. systemd ends what should still be in them and removes them, but on cgroup v1 not
# from hierarchies it does not manage (freezer, hugetlb, perf_event, ...). Calls bad MESSAGE.

remove_cgroups() {
  timeout 60 systemctl stop kubepods.slice > /dev/null 2>&1 || :
  for group in /sys/fs/cgroup/kubepods* /sys/fs/cgroup/*/kubepods*; do
    [ -d "$group" ] || continue
    find "$group" -depth -type d -exec rmdir -- {} + 2> /dev/null || bad "the control group $group is still in use"
  done
}
