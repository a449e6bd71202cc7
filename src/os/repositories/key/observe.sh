# shellcheck shell=sh
# Prints 'sha256=' of the file, 'mode=' and 'owner=', and 'stamp=', what was noted when it was written.
# "$1" = path of the key, "$2" = of its stamp
# include: ../../../shell/lib/absent.sh

if [ -f "$1" ] && [ ! -L "$1" ]; then
  sha256=$(sha256sum < "$1") || exit 1
  echo "sha256=${sha256%% *}"
  stat -c 'mode=%a
owner=%u:%g' -- "$1" || exit 1
elif [ ! -e "$1" ]; then
  must_be_absent "$1"
fi
[ ! -e "$2" ] || sed 's/^/stamp=/' < "$2"
