# shellcheck shell=sh
# Removes the sockets that note-sockets.sh found in "$D", where the unit that listened there is gone.
# include: ../../shell/lib/socket-files.sh

while read -r unit path; do
  systemctl -q is-active "$unit" || remove_socket "$path"
done < "$D/sockets"
