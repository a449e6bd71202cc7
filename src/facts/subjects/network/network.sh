# shellcheck shell=sh
# Addresses, one a line; default routes; after the word 'get' the route to an address out there, for its source.
# 192.0.2.1 is TEST-NET-1: nothing is sent. Then 'route' and a route of the main table, 'nameserver ADDRESS', and
# 'session CLIENT PORT SERVER PORT': how the SSH session in hand came here.

# A router may have the routes of the whole Internet.
routes=2000

# sudo hides the variable, but the login shell below it still has it.
session() {
  pid=$$
  while [ "${pid:-1}" -gt 1 ]; do
    found=$(tr '\0' '\n' < "/proc/$pid/environ" | sed -n 's/^SSH_CONNECTION=//p')
    if [ -n "$found" ]; then
      echo "session $found"
      return
    fi
    pid=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status")
  done
}

ip -o addr show && ip -o route show default || exit 1
ip -o route get 192.0.2.1 | sed 's/^/get /'
ip -6 -o route show default
ip -o route show | head -n "$routes" | sed 's/^/route /'
# Behind a resolver on the host itself stand those it asks.
sed -n 's/^[[:space:]]*nameserver[[:space:]]/nameserver /p' /etc/resolv.conf /run/systemd/resolve/resolv.conf
session
:
