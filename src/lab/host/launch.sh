# shellcheck shell=sh
# Starts a host and leaves it running for itself. It records its process before anything else, then goes on in a mount
# namespace of its own.
# "$1" = folder of the host, "$2" = layers below its disk, "$3" = text of the script that runs it, "$@" behind them = control groups, "--", program.

set -eu
umask 077
folder=$1 layers=$2 mounted=$3
shift 3
exec > "$folder/console.log" 2>&1 < /dev/null
echo "$$ $(awk '{ sub(/.*\) /, ""); print $20 }' /proc/$$/stat)" > "$folder/process"
umask 022
exec unshare --mount --propagation private sh -c "$mounted" sh "$folder" "$layers" "$@"
