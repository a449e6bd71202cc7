# shellcheck shell=sh
# Functions that run dnf (yum, where there is no dnf) and rpm.
# include: ./lock-holder.sh
# include: ../../packages/at-work.sh

program=dnf
command -v dnf > /dev/null || program=yum

# dnf_with WORDS ARGUMENT...: runs dnf with its options behind these words.
dnf_with() {
  words=$1
  shift
  # shellcheck disable=SC2086 # words
  $words "$program" --setopt=timeout=30 --setopt=retries=2 --setopt=install_weak_deps=False --color=never "$@"
}

# ask ARGUMENT...: what installs and removes nothing, with a bound. It ends with 1 where it would have asked back.
ask() {
  wait_for_lock && dnf_with "timeout $LISTS_TIMEOUT" "$@" > "$log" 2>&1 < /dev/null
}

# dnf_change ARGUMENT...: what runs the scripts of packages.
dnf_change() {
  wait_for_lock && dnf_with undisturbed -y "$@"
}

# package_names WISH...: as dnf wants them, NAME-VERSION; yum takes an epoch only with an architecture.
package_names() {
  for wish in "$@"; do
    case "$wish" in
      *=*) printf '%s-%s\n' "${wish%%=*}" "$(printf '%s' "${wish#*=}" | sed 's/^[0-9]*://')" ;;
      *) printf '%s\n' "$wish" ;;
    esac
  done
}

install_packages() {
  # shellcheck disable=SC2046 # a word each
  dnf_change install $(package_names "$@")
}

last_error() { grep -E '^(Error|Failed|No package|Nothing)' "$log" | tail -n 1; }

# refresh_lists OPTION...: sets "unrefreshed", and "unreadable" where dnf does nothing with them. The options are for dnf.
refresh_lists() {
  echo "refreshing the package lists, at most $LISTS_TIMEOUT s"
  ask "$@" clean expire-cache
  ask "$@" makecache
  ended=$?
  unreadable=
  # shellcheck disable=SC2034 # for whoever installs with them
  [ "$ended" -eq 0 ] || unreadable=yes
  # A repository that may be missing (skip_if_unavailable) is no error of it.
  unrefreshed=$(sed -n 's/^Errors during downloading metadata for repository \(.*\):$/\1/p; s/^  - \(Curl error.*\|Status code.*\)/\1/p; s/^\(Error: .*\)/\1/p; s/^\(Could not retrieve .*\)/\1/p; s/^\(Cannot find a valid baseurl .*\)/\1/p; s/^\(.*[Gg][Pp][Gg].*\(fail\|FAIL\|verif\).*\)/\1/p' "$log" |
    cut -c 1-300 | awk '!seen[$0]++' | head -n 4)
  if [ "$ended" -ne 0 ] && [ -z "$unrefreshed" ]; then
    unrefreshed=$(tail -n 3 "$log" | cut -c 1-300)
    [ "$ended" -ne 124 ] || unrefreshed="no end within $LISTS_TIMEOUT s; the last that was heard: $unrefreshed"
  fi
  case "$unrefreshed" in
    *mirrorlist.centos.org* | *mirror.centos.org*)
      unrefreshed="$unrefreshed
the repositories of CentOS 7 are gone from there: repositories: [{name: centos-vault}] in the inventory takes their archive"
      ;;
  esac
  [ -z "$unrefreshed" ] || echo "the package lists could not all be refreshed: $(printf '%s\n' "$unrefreshed" | head -n 1)"
}
