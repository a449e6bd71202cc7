# shellcheck shell=sh
# Prints type=link|folder|file|other|absent, and of a file mode, owner, uid, group, gid and sha256; content=BASE64 where
# it is not the wanted one and may be shown: a run that changes nothing carries no files.
# $1 = path
# $2 = SHA-256 that is wanted; empty: any content is right
# $3 = bytes from which on content is not shown; 0: never shown
# include: ../../shell/lib/absent.sh

print_content() {
  sha256=$(sha256sum < "$1") || exit 1
  sha256=${sha256%% *}
  echo "sha256=$sha256"
  [ "$sha256" != "$2" ] || return 0
  [ "$(stat -c %s -- "$1")" -lt "$3" ] || return 0
  content=$(base64 -w0 < "$1") || exit 1
  printf 'content=%s\n' "$content"
}

if [ -L "$1" ]; then
  echo type=link
elif [ -d "$1" ]; then
  echo type=folder
elif [ -f "$1" ]; then
  stat -c 'type=file
mode=%a
owner=%U
uid=%u
group=%G
gid=%g' -- "$1" || exit 1
  [ -z "$2" ] || print_content "$@"
elif [ -e "$1" ]; then
  echo type=other
else
  must_be_absent "$1"
  echo type=absent
fi
