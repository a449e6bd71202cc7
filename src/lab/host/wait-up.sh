# shellcheck shell=sh
# Waits until a host has come up, and prints what systemd says of it: running or degraded (a unit failed), both of which are fine.
# A service that somebody put there, and that waits for what may never come (a member of a datastore for the others), does not hold the host
# up: where nothing else starts for five seconds, it prints "running" too.
# $1 = seconds to wait

end=$(($(date +%s) + $1))

# others: prints the units that start now and are the system's own, or "none" where nothing starts at all.
others() {
  starting=$(systemctl list-jobs --no-legend --no-pager | sed 's/^[^0-9]*//' | awk '$4 == "running" { print $2 }')
  [ -n "$starting" ] || { echo none; return; }
  for unit in $starting; do
    case $(systemctl show -p FragmentPath "$unit") in
      FragmentPath=/etc/systemd/system/*) ;;
      *) echo "$unit" ;;
    esac
  done
}

quiet=0
while :; do
  state=$(systemctl is-system-running)
  case $state in
    running | degraded) break ;;
  esac
  if [ -z "$(others)" ]; then quiet=$((quiet + 1)); else quiet=0; fi
  if [ "$quiet" -ge 10 ]; then
    state=running
    break
  fi
  [ "$(date +%s)" -lt "$end" ] || break
  sleep 0.5
done
echo "$state"
