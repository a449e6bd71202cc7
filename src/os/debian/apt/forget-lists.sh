# shellcheck shell=sh
# lists_of FILE: prints the lists of the repository that the file names. Without the file it prints nothing.
# forget_lists NAME FILE [NOTE]: removes these, and those that a note names (a repository that had another address before); those of others stay.
# include: ../../../shell/lib/die.sh

lists_of() {
  [ -e "$1" ] || return 0
  suites=$(sed -n 's/^Suites: //p' "$1" | tr '/' '_')
  # apt says itself which files are its own.
  # shellcheck disable=SC2016 # the braces are apt's own
  timeout 60 apt-get indextargets -o Dir::Etc::sourcelist="$1" -o Dir::Etc::sourceparts=- --format '$(FILENAME)' 2> /dev/null |
    while IFS= read -r list; do
      printf '%s\n' "$list"
      beside "$list"
    done
}

# beside LIST: what signs it, which apt names by the suite.
beside() {
  for suite in $suites; do
    case "$1" in
      *"_dists_${suite}_"*) base=${1%%"_dists_${suite}_"*}_dists_${suite} ;;
      *) base=${1%_Packages*} ;;
    esac
    printf '%s\n' "${base}_InRelease" "${base}_Release" "${base}_Release.gpg"
  done
}

forget_lists() {
  {
    lists_of "$2"
    [ ! -e "${3:-}" ] || cat -- "$3"
  } | remove_lists
}

# Paths come on standard input.
remove_lists() {
  while IFS= read -r list; do
    case "$list" in /var/lib/apt/lists/?*) ;; *) continue ;; esac
    rm -f -- "$list" "$list".* || die "$list could not be removed"
  done
}
