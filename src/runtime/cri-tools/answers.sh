# shellcheck shell=sh
# Waits until a runtime answers through the CRI: prints its name and version. The pod network may be missing yet, so nothing
# is asked of it. Where it does not answer in time, ends with code 1, with its last words on standard error.
# "$1" = path of the CRI socket, "$2" = seconds to wait, "${@:3}" = its units
# include: ../../shell/lib/host-path.sh

socket=$1
tries=$2
shift 2
until answer=$(timeout 5 crictl -r "unix://$socket" -t 4s version 2>&1); do
  tries=$((tries - 1))
  if [ "$tries" -le 0 ]; then
    printf '%s\n' "$answer" | tail -n 2 >&2
    for unit in "$@"; do journalctl -q --no-pager -o cat -n 3 -u "$unit" >&2; done
    exit 1
  fi
  sleep 1
done
printf '%s\n' "$answer" | awk -F ': *' '$1 == "RuntimeName" || $1 == "RuntimeVersion" { print $2 }'
