# shellcheck shell=sh
# Ends the giving of files, and takes away what was noted for it. TOKEN, FOLDER: see serve.sh

rm -rf -- "/run/${TOKEN:?}" "${FOLDER:?}"
if [ -e "/run/systemd/system/end-of-$TOKEN.service" ]; then
  systemctl stop "$TOKEN.socket" "$TOKEN@*.service" 2> /dev/null
  rm -f "/run/systemd/system/end-of-$TOKEN.service" "/run/systemd/system/$TOKEN.socket" "/run/systemd/system/$TOKEN@.service"
  systemctl reset-failed "$TOKEN*" 2> /dev/null
  # Last: the watcher may be who runs this.
  systemctl stop "end-of-$TOKEN.service" 2> /dev/null
fi
exit 0
