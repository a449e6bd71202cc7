# shellcheck shell=sh
# "$@" = CRI sockets, in the order they are looked for. Prints 'socket PATH' of the first that is there, and its containers.
# include: ./bounded.sh

for socket in "$@"; do
  if [ -S "$socket" ]; then
    echo "socket $socket"
    endpoint=unix://$socket
    # What it says of a runtime that does not answer is evidence too.
    said=$(in_time 6 crictl --timeout 5s --runtime-endpoint "$endpoint" --image-endpoint "$endpoint" ps -a 2>&1) || {
      echo "$said" >&2
      exit 75
    }
    printf '%s\n' "$said" | cut -c1-400 | head -n 400
    break
  fi
done
