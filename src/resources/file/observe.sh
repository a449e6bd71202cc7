# shellcheck shell=sh
# Prints for each file that is there its state (states.sh); behind '=digests' what sha256sum says of those of which a content is
# wanted; behind '=contents' 'BASE64 PATH' of those that have another one, where it may be shown: a run that changes nothing carries
# no files.
# Three arguments for each: path; SHA-256 that is wanted, empty: any content is right; bytes from which on content is not shown, 0:
# never shown
# include: ../../shell/lib/states.sh

states_of_all() {
  left=$(($# / 3))
  while [ "$left" -gt 0 ]; do
    set -- "$@" "$1"
    shift 3
    left=$((left - 1))
  done
  states "$@"
}

# is_wanted PATH SHA256
is_wanted() { [ -n "$2" ] && [ -f "$1" ] && [ ! -L "$1" ]; }

digests() {
  left=$(($# / 3))
  while [ "$left" -gt 0 ]; do
    ! is_wanted "$1" "$2" || set -- "$@" "$1"
    shift 3
    left=$((left - 1))
  done
  [ $# -eq 0 ] || sha256sum -- "$@"
}

print_content() {
  size=$(stat -c %s -- "$1") || exit 1
  [ "$size" -lt "$2" ] || return 0
  content=$(base64 -w0 < "$1") || exit 1
  printf '%s %s\n' "$content" "$1"
}

states_of_all "$@" || exit 1
echo '=digests'
sums=$(digests "$@") || exit 1
printf '%s\n' "$sums"
echo '=contents'
while [ $# -gt 0 ]; do
  if [ "$3" -gt 0 ] && is_wanted "$1" "$2"; then
    case "
$sums
" in
      *"
$2  $1
"*) ;;
      *) print_content "$1" "$3" ;;
    esac
  fi
  shift 3
done
:
