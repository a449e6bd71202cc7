# shellcheck shell=sh
# Links, IPv4 addresses, and routes (each after 'route').

ip -o link show | cut -c1-200 | head -n 60
ip -o -4 addr show | head -n 60
ip -o route show | head -n 60 | sed 's/^/route /'
