# shellcheck shell=sh
# Notes files of this host that it may be asked for: a second name for what others take away, else a link to their place.
# FOLDER: where they are noted, by SHA-256
# "$@" = three words for each: its SHA-256, 'stays' or 'goes', its path

(umask 077 && mkdir -p -- "$FOLDER") || exit 1
while [ "$#" -gt 0 ]; do
  case $2 in
    goes) ln -f -- "$3" "$FOLDER/$1" || exit 1 ;;
    *) ln -sfn -- "$3" "$FOLDER/$1" || exit 1 ;;
  esac
  shift 3
done
