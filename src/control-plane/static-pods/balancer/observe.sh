# shellcheck shell=sh
# What of the balancer runs: its own word on the configuration it has loaded. Changes nothing.
# $1 = socket of its master process
# Prints loaded=DIGEST (empty: it does not answer), and kubelet=down where what starts it does not run.

loaded=
if [ -S "$1" ]; then
  loaded=$(echo '@1 show info' | timeout 5 socat -t 3 - "UNIX-CONNECT:$1" 2> /dev/null | sed -n 's/^[Dd]escription: *//p')
fi
printf 'loaded=%s\n' "$loaded"
case $(systemctl is-active kubelet 2> /dev/null) in
  inactive | failed) echo 'kubelet=down' ;;
esac
