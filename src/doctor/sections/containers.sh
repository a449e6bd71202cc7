# shellcheck shell=sh
# "$@" = CRI sockets, in the order they are looked for. Prints 'socket PATH' of the first that is there, and its containers.

for socket in "$@"; do
  if [ -S "$socket" ]; then
    echo "socket $socket"
    endpoint=unix://$socket
    timeout 6 crictl --timeout 5s --runtime-endpoint "$endpoint" --image-endpoint "$endpoint" ps -a 2>&1 |
      cut -c1-400 | head -n 400
    break
  fi
done
