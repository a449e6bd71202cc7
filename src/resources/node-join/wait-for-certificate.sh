# shellcheck shell=sh
# Ends with 0 as soon as the kubelet has written both files, with 1 when they are not there in time.
# "$1" = its kubeconfig, "$2" = its client certificate, "$3" = how often to look, ten times a second.

looks=0
while [ "$looks" -lt "$3" ]; do
  if [ -s "$1" ] && [ -s "$2" ]; then exit 0; fi
  # Fractions of a second are not POSIX, but every sleep kinit meets has them.
  sleep 0.1 || sleep 1
  looks=$((looks + 1))
done
exit 1
