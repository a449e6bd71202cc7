# shellcheck shell=bash
# Tries TCP connections and sends datagrams to listeners, and waits for the datagrams of others.
# "$1" = token, "$2" = seconds one answer may take, "$3" = how many datagrams of others are awaited,
# "$@" behind them = PROTOCOL/ID/ADDRESS/PORT/NAME; NAME: what our listener there says, empty where nothing of ours listens.
# Prints 'ID reached|elsewhere WHO|silent|timeout|refused|unreachable|unknown' for each TCP connection, 'heard ID' for each
# datagram that came. Of datagrams sent, their receivers know; /run/TOKEN/failed holds 'ID WHY' for those that could not be sent.
# include: ./heard.sh

TOKEN=$1 bound=$2 awaited=$3
shift 3
# Of connections at a time: each is two processes.
at_once=100

main() {
  (umask 077 && mkdir -p "/run/$TOKEN")
  send "$@" < /dev/null > /dev/null 2>&1 &
  try_all "$@"
  until [ "$(heard | wc -l)" -ge "$awaited" ] || [ "$SECONDS" -gt "$bound" ]; do sleep 0.05; done
  heard
}

try_all() {
  local target id address port name running=()
  for target; do
    IFS=/ read -r protocol id address port name <<< "$target"
    [ "$protocol" = tcp ] || continue
    try "$id" "$address" "$port" "$name" &
    running+=($!)
    if [ "${#running[@]}" -ge "$at_once" ]; then
      wait "${running[@]}"
      running=()
    fi
  done
  if [ "${#running[@]}" -gt 0 ]; then wait "${running[@]}"; fi
}

# try ID ADDRESS PORT NAME: whether it connects, and whether it is NAME who answers. A connection that is closed without a
# word was one too many at a time.
try() {
  local said
  # shellcheck disable=SC2016
  said=$(timeout "$bound" bash --norc -c '
    exec 3<> "/dev/tcp/$0/$1" || exit 1
    echo open
    [ -z "$2" ] || { IFS= read -r line <&3 2> /dev/null; printf %s "$line"; }
    exit 0' "$2" "$3" "$4" 2>&1)
  case $?:$said in
    124:open) echo "$1 silent" ;;
    124:*) echo "$1 timeout" ;;
    0:open | 0:open$'\n'"$TOKEN $4") echo "$1 reached" ;;
    0:open$'\n'"$TOKEN "*) echo "$1 elsewhere ${said##* }" ;;
    0:*) echo "$1 elsewhere a-stranger" ;;
    *) echo "$1 $(why "$said")" ;;
  esac
}

# Again and again, while the receivers wait: one lost datagram is no firewall. Sockets stay open, so that "nobody listens"
# is heard when the next one is sent.
send() {
  local target id address port socket pause
  local -A sockets=()
  ulimit -n "$(ulimit -H -n)"
  for target; do
    IFS=/ read -r protocol id address port _ <<< "$target"
    [ "$protocol" = udp ] || continue
    if { exec {socket}<> "/dev/udp/$address/$port"; } 2> "/run/$TOKEN/said"; then
      sockets[$id]=$socket
    else
      fail "$id"
    fi
  done
  for pause in 0 0.2 0.3 0.5 1 1; do
    sleep "$pause"
    [ -d "/run/$TOKEN" ] || return
    for id in "${!sockets[@]}"; do
      socket=${sockets[$id]}
      { printf '%s %s\n' "$TOKEN" "$id" >&"$socket"; } 2> "/run/$TOKEN/said" && continue
      fail "$id"
      unset "sockets[$id]"
    done
  done
}

# fail ID: notes why a datagram could not be sent.
fail() { echo "$1 $(why "$(cat "/run/$TOKEN/said")")" >> "/run/$TOKEN/failed"; }

# why TEXT: one word for what bash says of a connection that it could not make.
why() {
  case $1 in
    *refused* | *'reset by peer'*) echo refused ;;
    *'No route to host'* | *unreachable* | *'ermission denied'* | *'not permitted'*) echo unreachable ;;
    *'timed out'*) echo timeout ;;
    *) echo unknown ;;
  esac
}

main "$@"
