# shellcheck shell=sh
# Ends the giving of files, and takes away what was noted for it. TOKEN, FOLDER: see serve.sh
# include: ../../shell/lib/end-listeners.sh

rm -rf -- "/run/${TOKEN:?}" "${FOLDER:?}"
end_listeners "$TOKEN-*.socket" "$TOKEN-*.service"
exit 0
