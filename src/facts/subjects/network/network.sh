# shellcheck shell=sh
# Addresses, one a line; default routes; after the word 'get' the route to an address out there, for its source.
# 192.0.2.1 is TEST-NET-1: nothing is sent.

ip -o addr show
ip -o route show default
ip -o route get 192.0.2.1 | sed 's/^/get /'
ip -6 -o route show default
