# shellcheck shell=sh
# Makes this host give files on to others of its site, until kinit is gone: who connects to PORT and knows SECRET names a file by
# its SHA-256 and is told its size, then its bytes.
# FOLDER: where the files are, by SHA-256 (keep.sh). PORT, SECRET; TOKEN, END, BOUND: see listeners.sh. GIVE: the script for a connection.
# Prints 'up', 'taken', 'no-systemd', or what systemd says.
# include: ../../shell/lib/listeners.sh

if [ ! -d /run/systemd/system ]; then
  echo no-systemd
  exit 0
fi
if [ -e "/run/$TOKEN/give" ]; then
  echo up
  exit 0
fi
if is_taken tcp "$PORT"; then
  echo taken
  exit 0
fi
(umask 077 && mkdir -p "/run/$TOKEN" && printf '%s\n' "$GIVE" > "/run/$TOKEN/give" && printf '%s\n' "$SECRET" > "/run/$TOKEN/secret") || exit 1
write_end
write_unit "$TOKEN-files.socket" '[Socket]' "ListenStream=$PORT" 'BindIPv6Only=both' 'Accept=yes' 'MaxConnections=64' 'TriggerLimitIntervalSec=0'
write_unit "$TOKEN-files@.service" '[Service]' 'Slice=system.slice' 'StandardInput=socket' 'StandardOutput=socket' 'RuntimeMaxSec=3600' \
  "ExecStart=/bin/sh /run/$TOKEN/give /run/$TOKEN/secret $FOLDER"
start "end-of-$TOKEN.service" "$TOKEN-files.socket"
if systemctl is-active "$TOKEN-files.socket" > /dev/null; then
  echo up
else
  result=$(systemctl show -p Result "$TOKEN-files.socket")
  echo "systemd gave up on it: ${result#Result=}"
fi
