# shellcheck shell=sh
# Stops the kubelet, and stops and removes all pods of a runtime that goes while its node stays: what the kubelet keeps, the
# pod network and its rules stay as they are. What cannot be stopped or unmounted is told, and ends this with code 1.
# $1 = state folder; the others = mount=PATTERN, for what the runtime mounts
# STOP_PODS = sh text of the runtime that stops and removes all pods; it says what it could not, and ends with code 1
# include: ../../shell/lib/host-path.sh
# include: unmount.sh

failed=0

bad() {
  echo "$1"
  failed=1
}

was_there() { grep -qxF -e "$2" "$D/$1" 2> /dev/null; }

state=$1
shift
D=$(mktemp -d) || exit 1
trap 'rm -rf -- "$D"' EXIT
cat "$state"/journal/[0-9]*-traces-*/mounts > "$D/mounts" 2> /dev/null
# It would start them again.
timeout 120 systemctl stop kubelet.service > /dev/null 2>&1 || :
# Not by `sh -c`: the text, which speaks of the runtime's processes, would be in the command line of a process itself.
(eval "$STOP_PODS") || failed=1
unmount_runtime "$@"
exit "$failed"
