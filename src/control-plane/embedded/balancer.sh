# shellcheck shell=sh
# What the balancer of a running agent says of itself. Changes nothing.
# $1 = its state file (components/embedded/balancer.go)
# Prints loaded=SHA256 of the configuration it works by (empty: it does not run).

loaded=
if [ -s "$1" ]; then
  pid=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$1")
  if [ -n "$pid" ] && grep -qs kinit-agent "/proc/$pid/cmdline"; then
    loaded=$(sed -n 's/.*"loaded":"\([0-9a-f]*\)".*/\1/p' "$1")
  fi
fi
printf 'loaded=%s\n' "$loaded"
