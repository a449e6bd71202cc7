# shellcheck shell=sh
# Whether a machine of this host's own networks has an address. Changes nothing but the kernel's list of neighbours.
# $1 = address, $2 = port that is tried, $3 = seconds
# Prints somebody=LINK-LAYER ADDRESS (empty: nobody).

neighbour() { ip neigh show to "$1" 2> /dev/null | head -n 1; }

# A neighbour of before is asked anew only some seconds after something was sent to it.
end=$(($(date +%s) + $3))
while :; do
  if command -v bash > /dev/null; then
    # shellcheck disable=SC2016 # bash's own
    timeout "$3" bash --norc -c 'exec 3<> "/dev/tcp/$0/$1"' "$1" "$2" 2> /dev/null
  elif command -v ping > /dev/null; then
    timeout 2 ping -c 1 "$1" > /dev/null 2>&1
  fi
  seen=$(neighbour "$1")
  case "$seen" in
    *STALE* | *DELAY* | *PROBE* | *INCOMPLETE*) ;;
    *) break ;;
  esac
  [ "$(date +%s)" -lt "$end" ] || break
  sleep 1
done
case "$seen" in
  *FAILED* | *INCOMPLETE*) seen= ;;
esac
printf 'somebody=%s\n' "$(printf '%s\n' "$seen" | sed -n 's/.* lladdr \([^ ]*\).*/\1/p')"
