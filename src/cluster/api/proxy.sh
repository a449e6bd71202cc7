# shellcheck shell=sh
# Serves the API on a socket, with the rights of a kubeconfig that stays where it is, for as long as signs of life come: one
# byte of standard input each. Prints 'listens' once it does. No port is taken, and only reading is let through (and server-side
# apply, which a dry run is). Who may open the socket: root, and the user that logged in, as whom sshd opens it.
# $1 = kubeconfig, $2 = URL of the API server, $3 = folder to make for the socket, $4 = seconds without a sign of life
# Ends with code 0 when the signs end, with 2 where there is no kubectl, with 1 when the proxy ended by itself.

if ! command -v kubectl > /dev/null; then
  echo "there is no kubectl on this host" >&2
  exit 2
fi
umask 077
mkdir -- "$3" || exit 1
# The background reads nothing else.
exec 3<&0 < /dev/null

# The way to the cluster's own API never leads through a proxy for the world outside. KUBERC: nor do root's habits count.
env -u HTTPS_PROXY -u https_proxy -u HTTP_PROXY -u http_proxy -u ALL_PROXY -u all_proxy KUBERC=off \
  kubectl --kubeconfig="$1" --server="$2" proxy --unix-socket="$3/api" --reject-methods='^(POST|PUT|DELETE)$' \
  > /dev/null 2> "$3/said" 3<&- &
proxy=$!

end() {
  kill "$proxy" 2> /dev/null
  rm -rf -- "$3"
}
# A cut connection without a word, a killed kinit and a killed script all end here.
(
  while beat=$(timeout "$4" head -c 1 <&3) && [ -n "$beat" ]; do :; done
  end "$@"
) > /dev/null 2>&1 &
exec 3<&-
trap 'end "$@"; exit 0' HUP INT TERM

tenths=0
until [ -S "$3/api" ]; do
  if ! kill -0 "$proxy" 2> /dev/null || [ "$tenths" -ge 100 ]; then break; fi
  tenths=$((tenths + 1))
  sleep 0.1
done
if [ -S "$3/api" ]; then
  # The folder is root's until here: nobody had a way to the socket.
  chmod 0600 "$3/api" && chown -- "${SUDO_UID:-0}" "$3/api" && chmod 0711 "$3" && echo listens
  wait "$proxy"
  # 143: SIGTERM, from above.
  [ $? -ne 143 ] || exit 0
fi
cat -- "$3/said" >&2
end "$@"
exit 1
