# shellcheck shell=sh
# forget_lists NAME FILE: removes the lists of the repository that the file names; those of others stay. Without the file it does nothing.
# include: ../../../shell/lib/die.sh

forget_lists() {
  [ -e "$2" ] || return 0
  suites=$(sed -n 's/^Suites: //p' "$2" | tr '/' '_')
  # apt says itself which files are its own.
  # shellcheck disable=SC2016 # the braces are apt's own
  lists=$(timeout 60 apt-get indextargets -o Dir::Etc::sourcelist="$2" -o Dir::Etc::sourceparts=- --format '$(FILENAME)' 2> /dev/null)
  printf '%s\n' "$lists" | while IFS= read -r list; do
    case "$list" in /var/lib/apt/lists/?*) ;; *) continue ;; esac
    rm -f -- "$list" "$list".* || die "$list could not be removed"
    remove_beside "$list"
  done
}

# remove_beside LIST: what signs it, which apt names by the suite.
remove_beside() {
  for suite in $suites; do
    case "$1" in
      *"_dists_${suite}_"*) base=${1%%"_dists_${suite}_"*}_dists_${suite} ;;
      *) base=${1%_Packages} ;;
    esac
    rm -f -- "${base}_InRelease" "${base}_Release" "${base}_Release.gpg"
  done
}
