# shellcheck shell=sh
# Runs in the probe pod's image: asks the cluster's DNS for $NAME, which must give $ADDRESS, and fetches from
# $ADDRESS:$PORT until $WANT different nodes have answered. Gives up after $LIMIT seconds: code 1, with the reason in
# /dev/termination-log.
# Names are resolved by nslookup, which asks the DNS server itself; the Service is fetched by address, so that each
# fault shows for itself. Debian's static wget dies of its own -T, hence timeout.
end=$(( $(busybox date +%s) + LIMIT ))
seen=' '; count=0; dns=no; last=
while [ "$(busybox date +%s)" -lt "$end" ]; do
  if [ "$dns" = no ]; then
    last=$(busybox nslookup "$NAME" 2>&1)
    if printf '%s\n' "$last" | busybox grep -qwF "$ADDRESS"; then dns=yes; last=; else busybox sleep 0.3; continue; fi
  fi
  if answer=$(busybox timeout 2 busybox wget -q -O - "http://$ADDRESS:$PORT/name" 2>&1); then
    case $seen in *" $answer "*) busybox sleep 0.1 ;; *) seen="$seen$answer "; count=$((count+1)) ;; esac
    [ "$count" -lt "$WANT" ] || exit 0
  else
    last=". Last error: ${answer:-no answer from $ADDRESS port $PORT within 2 s}"; busybox sleep 0.2
  fi
done
if [ "$dns" = no ]; then
  printf 'DNS did not give %s for %s: %s' "$ADDRESS" "$NAME" "${last:-nslookup says nothing}" | busybox tr '\n' ' ' >/dev/termination-log
else
  printf 'the Service answered only from:%s(%s of %s nodes wanted)%s' "$seen" "$count" "$WANT" "$last" >/dev/termination-log
fi
exit 1
