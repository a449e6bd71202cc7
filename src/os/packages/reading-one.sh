# shellcheck shell=sh
# read_one NAME FILE OPTION...: reads the lists of one repository, with these options of the package manager. Ends the script with
# what is wrong. Needs refresh_lists.

read_one() {
  name=$1
  file=$2
  shift 2
  refresh_lists "$@"
  # shellcheck disable=SC2154 # refresh_lists sets it
  [ -n "$unrefreshed" ] || return 0
  printf '%s\n' "the repository $name cannot be used ($file):" "$unrefreshed" >&2
  case "$unrefreshed" in
    *NO_PUBKEY* | *BADSIG* | *EXPKEYSIG* | *'not signed'* | *[Gg][Pp][Gg]*) echo 'Its key vouches for it no more, or is of somebody else: keyFile, keyUrl and fingerprint in the inventory.' >&2 ;;
    *'Release file'* | *'Status code: 404'* | *'HTTP Error 404'*) echo 'There is something, but no such repository: url and suites in the inventory.' >&2 ;;
    *) echo 'Does the host reach it? (proxy and mirrors in the inventory)' >&2 ;;
  esac
  exit 1
}
