# shellcheck shell=sh
# Functions that run apt-get and dpkg.
# include: ./lock-holder.sh
# include: ../../packages/at-work.sh

DEBIAN_FRONTEND=noninteractive
# What hooks of apt would ask or restart: needrestart only lists (older ones know no other way), apt-listchanges is quiet.
NEEDRESTART_MODE=l
NEEDRESTART_SUSPEND=1
APT_LISTCHANGES_FRONTEND=none
export DEBIAN_FRONTEND NEEDRESTART_MODE NEEDRESTART_SUSPEND APT_LISTCHANGES_FRONTEND

program=apt-get

# Seconds that one apt-get may take.
bound=900

# apt_with WORDS ARGUMENT...: runs apt-get with its options behind these words.
apt_with() {
  words=$1
  shift
  # shellcheck disable=SC2086 # words
  $words apt-get -q -y -o DPkg::Lock::Timeout="$LOCK_TIMEOUT" -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# apt_get ARGUMENT...: what installs and removes nothing (update, -s), with a bound.
apt_get() {
  wait_for_lock && apt_with "timeout $bound" "$@" > "$log" 2>&1 < /dev/null
}

# apt_change ARGUMENT...: what runs the scripts of packages.
apt_change() {
  wait_for_lock && apt_with undisturbed "$@"
}

install_packages() {
  apt_change install --no-install-recommends -- "$@"
}

# dpkg_alone ARGUMENT...
dpkg_alone() {
  wait_for_lock && undisturbed dpkg "$@"
}

# Why it did not work: dpkg's own words where it was dpkg, of which apt only says that it failed.
last_error() {
  last=$(grep '^E:' "$log" | tail -n 1)
  case "$last" in *'Sub-process /usr/bin/dpkg returned'*)
    own=$(grep -A 1 '^dpkg: error processing' "$log" | head -n 2 | tr -s '\n ' ' ' | cut -c 1-300)
    last=${own:-$last}
    ;;
  esac
  printf '%s\n' "$last"
}

# refresh_lists OPTION...: sets "unrefreshed". The options are for apt-get.
refresh_lists() {
  echo "refreshing the package lists, at most $LISTS_TIMEOUT s"
  bound=$LISTS_TIMEOUT
  apt_get update "$@"
  ended=$?
  bound=900
  # It calls it a success when it goes on with lists of before.
  unrefreshed=$(sed -n 's/^\(E: .*\)/\1/p; s/^\(W: Failed to fetch .*\)/\1/p; s/^\(W: GPG error: .*\)/\1/p' "$log" |
    grep -v 'Some index files failed' | cut -c 1-300 | sort -u | head -n 4)
  if [ -z "$unrefreshed" ] && [ "$ended" -ne 0 ]; then
    unrefreshed=$(tail -n 3 "$log" | cut -c 1-300)
    [ "$ended" -ne 124 ] || unrefreshed="no end within $LISTS_TIMEOUT s; the last that was heard: $unrefreshed"
  fi
  [ -z "$unrefreshed" ] || echo "the package lists could not all be refreshed: $(printf '%s\n' "$unrefreshed" | head -n 1)"
}

# A stop in the middle of dpkg leaves work behind that it asks to be finished first.
apt_mend() {
  [ -n "$(ls -A /var/lib/dpkg/updates 2> /dev/null)" ] || return 0
  dpkg_alone --force-confdef --force-confold --configure -a ||
    package_failed 'an interrupted dpkg run could not be finished (dpkg --configure -a)'
}
