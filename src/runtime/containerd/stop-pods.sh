# shellcheck shell=sh
# Stops and removes every pod through the CRI; where that does not answer, ends what runs under containerd's shims of the
# k8s.io namespace, by process id (other namespaces, such as Docker's, are left alone). The kubelet has stopped before: it
# would start them again. Ends with code 1 and says which containers still run.
# include: ../../shell/lib/host-path.sh

SOCKET=/run/containerd/containerd.sock

remove_pods() {
  timeout "$1" crictl -r "unix://$SOCKET" -t 30s rmp -fa > /dev/null 2>&1 < /dev/null
}

# Process ids of the shims that hold the cluster's containers.
shims() {
  for process in /proc/[0-9]*; do
    command_line=$(tr '\000' ' ' 2> /dev/null < "$process/cmdline") || continue
    case "$command_line" in
      *containerd-shim*" -namespace k8s.io "*) echo "${process#/proc/}" ;;
    esac
  done
}

children() {
  awk -v parent="$1" '{ pid = $1; sub(/^.*\) /, ""); if ($2 == parent) print pid }' /proc/[0-9]*/stat 2> /dev/null
}

# shellcheck disable=SC2046 # children gives process ids, a word each
kill_shims() {
  left=$(shims)
  [ -n "$left" ] || return 0
  # A container's first process takes all others of its pid namespace along; then the shim goes.
  for shim in $left; do kill -9 $(children "$shim") 2> /dev/null; done
  sleep 0.3
  for shim in $left; do kill -9 $(children "$shim") "$shim" 2> /dev/null; done
  tries=0
  while [ -n "$(shims)" ] && [ "$tries" -lt 20 ]; do
    tries=$((tries + 1))
    sleep 0.25
  done
  left=$(shims)
  [ -z "$left" ] || still_running "$left"
}

still_running() {
  echo "containers still run: containerd-shim $(printf '%s' "$1" | tr '\n' ' ')"
  exit 1
}

if [ -S "$SOCKET" ] && command -v crictl > /dev/null; then
  remove_pods 120 || remove_pods 60
fi
kill_shims
