# shellcheck shell=sh
# Waits until a runtime says that it is ready, and its pod network too. Where it does not in time, ends with code 1, with what it says
# on standard error.
# "$1" = path of the CRI socket, "$2" = seconds to wait
# include: ../../shell/lib/host-path.sh

socket=$1
tries=$2
conditions='{{range .status.conditions}}{{.type}}={{.status}} {{.message}}{{"\n"}}{{end}}'
until answer=$(timeout 5 crictl -r "unix://$socket" -t 4s info -o go-template --template "$conditions" 2>&1) &&
  printf '%s\n' "$answer" | grep -q '^RuntimeReady=true' && printf '%s\n' "$answer" | grep -q '^NetworkReady=true'; do
  tries=$((tries - 1))
  if [ "$tries" -le 0 ]; then
    printf '%s\n' "$answer" | tail -n 4 >&2
    exit 1
  fi
  sleep 1
done
