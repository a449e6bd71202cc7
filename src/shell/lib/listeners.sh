# shellcheck shell=sh
# Listeners for as long as kinit is there, as socket units of systemd: every host has it, while nc, perl or python may be absent.
# TOKEN: what the names of all that is made begin with; folder of it below /run. END: the script that ends the listeners when
# nobody else does: as soon as the shell that runs this is gone (kinit was killed), at the latest after BOUND seconds.

# write_unit UNIT LINE...
write_unit() {
  file=/run/systemd/system/$1
  shift
  printf '%s\n' '[Unit]' 'DefaultDependencies=no' "$@" > "$file"
}

# write_end: kinit may die before it stops them. $$ is the long-lived shell, also in a subshell of it.
write_end() {
  printf '%s\n' "$END" > "/run/$TOKEN/end"
  cat > "/run/$TOKEN/watch" << EOF
left=$BOUND
while [ -d /proc/$$ ] && [ "\$left" -gt 0 ]; do
  [ -d "/run/$TOKEN" ] || exit 0
  sleep 1
  left=\$((left - 1))
done
exec /bin/sh "/run/$TOKEN/end"
EOF
  write_unit "end-of-$TOKEN.service" '[Service]' 'StandardOutput=null' "ExecStart=/bin/sh /run/$TOKEN/watch"
}

# start UNIT...: a new unit is found without a reload, but perhaps not by every old systemd.
start() {
  timeout 8 systemctl start "$@" 2> /dev/null && return
  systemctl daemon-reload
  timeout 8 systemctl start "$@" 2> /dev/null
}

# is_taken PROTOCOL PORT: in /proc/net/tcp, state 0A is a socket that listens.
is_taken() {
  state=
  if [ "$1" = tcp ]; then state='[0-9A-F]+:[0-9A-F]+ 0A '; fi
  hex=$(printf "%04X" "$2")
  cat "/proc/net/$1" "/proc/net/${1}6" 2> /dev/null | grep -qE "^ *[0-9]+: [0-9A-F]+:$hex $state"
}
