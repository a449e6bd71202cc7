# shellcheck shell=sh
# heard: prints 'heard ID' for each datagram that came for TOKEN.
heard() { sed -n "s/^$TOKEN \([0-9]*\)\$/heard \1/p" "/run/$TOKEN/heard" 2> /dev/null | sort -u; }
