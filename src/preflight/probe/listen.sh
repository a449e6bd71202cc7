# shellcheck shell=sh
# Puts listeners up for a check, as socket units of systemd: every host has it, while nc, perl or python may be absent.
# A TCP connection is told 'TOKEN NAME' and closed; datagrams are written to /run/$TOKEN/heard.
# TOKEN: what the names of all that is made begin with. NAME: this host's. END: the script that ends the listeners when nobody
# else does: as soon as the shell that runs this is gone (kinit was killed), at the latest after BOUND seconds.
# "$@" = tcp/PORT or udp/PORT.
# Prints 'PROTOCOL PORT up|taken|MESSAGE' for each, or 'no-systemd'.
# include: ../../shell/lib/listeners.sh

# write_tcp UNIT PORT: a service for each connection, which says whose it is. Of many at a time some are closed without a
# word. Keys that an older systemd does not know are passed over by it.
write_tcp() {
  write_unit "$1.socket" '[Socket]' "ListenStream=$2" 'BindIPv6Only=both' 'Backlog=4096' \
    'Accept=yes' 'MaxConnections=32' 'TriggerLimitIntervalSec=0'
  write_unit "$1@.service" '[Service]' 'Slice=system.slice' 'StandardInput=socket' 'StandardOutput=socket' \
    "ExecStart=/bin/echo $TOKEN $NAME"
}

# write_udp UNIT PORT: dd writes each datagram as it comes, and only so many: others may send to the port.
write_udp() {
  write_unit "$1.socket" '[Socket]' "ListenDatagram=$2" 'BindIPv6Only=both' 'ReceiveBuffer=1M'
  write_unit "$1.service" "BindsTo=$1.socket" "After=$1.socket" '[Service]' 'StandardInput=socket' 'StandardOutput=null' \
    "ExecStart=/bin/sh -c 'exec dd bs=2048 count=4096 >> /run/$TOKEN/heard 2> /dev/null'"
}

# state_of PROTOCOL PORT, after the start
state_of() {
  socket=$TOKEN-$1-$2.socket
  if systemctl is-active "$socket" > /dev/null; then
    echo up
  elif is_taken "$1" "$2"; then
    echo taken
  else
    result=$(systemctl show -p Result "$socket")
    echo "systemd gave up on it: ${result#Result=}"
  fi
}

if [ ! -d /run/systemd/system ]; then
  echo no-systemd
  exit 0
fi
(umask 077 && mkdir -p "/run/$TOKEN") || exit 1
write_end
units=end-of-$TOKEN.service
begun=
for wanted in "$@"; do
  protocol=${wanted%/*}
  port=${wanted#*/}
  # Looked for first: systemd would note a failure in the journal.
  if is_taken "$protocol" "$port"; then
    echo "$protocol $port taken"
    continue
  fi
  "write_$protocol" "$TOKEN-$protocol-$port" "$port"
  units="$units $TOKEN-$protocol-$port.socket"
  begun="$begun $wanted"
done
# shellcheck disable=SC2086
start $units
for wanted in $begun; do
  echo "${wanted%/*} ${wanted#*/} $(state_of "${wanted%/*}" "${wanted#*/}")"
done
