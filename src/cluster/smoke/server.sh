# shellcheck shell=sh
# Runs in the probe pod's image: says the node's name over HTTP to whoever asks.
# $NODE = the node's name, $PORT = where to listen.
# Not every busybox has httpd (Alpine's has not); nc answers one request at a time.
printf '%s' "$NODE" >/work/name
busybox --list | busybox grep -qx httpd && exec busybox httpd -f -p "$PORT" -h /work
while :; do
  printf 'HTTP/1.0 200 OK\r\nContent-Length: %s\r\n\r\n%s' "${#NODE}" "$NODE" | busybox nc -l -p "$PORT" >/dev/null
done
