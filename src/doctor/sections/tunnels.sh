# shellcheck shell=sh
# "$@" = links of tunnels. Prints 'LINK PACKETS' of each that is there: what has come in through it since it was made.

for link in "$@"; do
  if [ -r "/sys/class/net/$link/statistics/rx_packets" ]; then
    echo "$link $(cat "/sys/class/net/$link/statistics/rx_packets")"
  fi
done
