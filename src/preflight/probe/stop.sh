# shellcheck shell=sh
# Ends listeners and senders of a check and removes all that was made for them. Prints what had come by then: 'heard ID' for
# each datagram, 'ID refused|unreachable|unknown' for each that could not be sent.
# TOKEN: as the listeners were given it.
# include: ./heard.sh
# include: ../../shell/lib/end-listeners.sh

[ -d "/run/$TOKEN" ] || exit 0
heard
cat "/run/$TOKEN/failed" 2> /dev/null
# Sender and watcher end when the folder is gone, a datagram's receiver with its socket.
rm -rf "/run/${TOKEN:?}"
end_listeners "$TOKEN-*.socket"
exit 0
