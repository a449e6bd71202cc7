# shellcheck shell=sh
# Prints of programs that are installed what fingerprints does; 'stamped yes PATH' where a hash did not have to be reckoned, 'sha256 HASH
# PATH', 'staged HASH PATH' of one that was brought to be installed later; and 'link PATH TARGET'
# of every link that is there.
# $1 = how many programs; then for each: path, stamp of the last installation, where one would be staged; the others = links
# include: ../../shell/lib/absent.sh
# include: ../../shell/lib/sha256.sh
# include: fingerprint.sh

programs=$1
shift

# Of all at once: each of them would be a process.
states_of_programs() {
  left=$programs
  while [ "$left" -gt 0 ]; do
    if [ -f "$1" ] && [ ! -L "$1" ]; then
      set -- "$@" "$1"
    elif [ ! -e "$1" ] && [ ! -L "$1" ]; then
      must_be_absent "$1"
    fi
    shift 3
    left=$((left - 1))
  done
  shift "$links"
  [ $# -eq 0 ] || fingerprints "$@"
}

print_program() {
  [ -f "$1" ] && [ ! -L "$1" ] || return 0
  sha256=
  hashed=
  [ ! -r "$2" ] || read -r sha256 hashed < "$2"
  case "
$states
" in
    *"
$1=$hashed
"*) [ -z "$sha256" ] || {
      printf 'stamped yes %s\nsha256 %s %s\n' "$1" "$sha256" "$1"
      return 0
    } ;;
  esac
  sha256=$(sha256_of "$1") || exit 1
  printf 'sha256 %s %s\n' "$sha256" "$1"
}

links=$(($# - 3 * programs))
states=$(states_of_programs "$@") || exit 1
printf '%s\n' "$states"
while [ "$programs" -gt 0 ]; do
  print_program "$1" "$2"
  if [ -f "$3" ] && [ "$3" != "$1" ]; then
    digest=$(sha256_of "$3") || exit 1
    printf 'staged %s %s\n' "$digest" "$1"
  fi
  shift 3
  programs=$((programs - 1))
done
if [ $# -gt 0 ]; then
  find "$@" -maxdepth 0 -type l -printf 'link %p %l\n' 2> /dev/null
fi
:
