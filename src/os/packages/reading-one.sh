# shellcheck shell=sh
# read_one NAME FILE OPTION...: reads the lists of one repository, with these options of the package manager. Where they cannot be
# read, it takes the repository away again and ends the script with what is wrong. Needs refresh_lists and forget_lists NAME FILE.
# include: ../../shell/lib/die.sh

read_one() {
  name=$1
  file=$2
  shift 2
  refresh_lists "$@"
  # shellcheck disable=SC2154 # refresh_lists sets it
  [ -n "$unrefreshed" ] || return 0
  printf '%s\n' "the repository $name cannot be used:" "$unrefreshed" >&2
  case "$unrefreshed" in
    *NO_PUBKEY* | *BADSIG* | *EXPKEYSIG* | *'not signed'* | *[Gg][Pp][Gg]*) do_without "$name" "$file" 'Its key vouches for it no more, or is of somebody else: keyFile, keyUrl and fingerprint in the inventory.' ;;
    *'Release file'* | *'Status code: 404'* | *'HTTP Error 404'*) do_without "$name" "$file" 'There is something, but no such repository: url and suites in the inventory.' ;;
    *) do_without "$name" "$file" 'Does the host reach it? (proxy and mirrors in the inventory)' ;;
  esac
}

# do_without NAME FILE ADVICE: ends the script. With the file every refresh of the host's lists would complain from now on.
do_without() {
  (forget_lists "$1" "$2")
  rm -f -- "$2" || die "$3 $2 could not be taken away: do it by hand."
  die "$3 $2 was taken away again."
}
