# shellcheck shell=sh
# Functions that run apt-get and dpkg without questions, one at a time, with a log of their last words.
# include: ./lock-holder.sh

DEBIAN_FRONTEND=noninteractive
LC_ALL=C
NEEDRESTART_MODE=l
export DEBIAN_FRONTEND LC_ALL NEEDRESTART_MODE

# Seconds to wait for another apt or dpkg to finish.
LOCK_TIMEOUT=300

# Seconds that one apt-get may take, and those for the lists of all repositories together.
bound=900
LISTS_TIMEOUT=240

log=$(mktemp) || exit 1
trap 'rm -f -- "$log"' EXIT

# apt waits by itself only for one of its locks, so all are waited for here.
apt_wait() {
  waited=0
  told=
  while holder=$(apt_holder 2> /dev/null); do
    if [ "$holder" != "$told" ]; then
      echo "waiting for $holder, which holds the package manager's lock"
      told=$holder
    fi
    if [ "$waited" -ge "$LOCK_TIMEOUT" ]; then
      echo "$holder still holds the package manager's lock after $LOCK_TIMEOUT s; let it finish or stop it, then run again" >&2
      return 1
    fi
    waited=$((waited + 2))
    sleep 2
  done
}

# apt_get ARGUMENT...
apt_get() {
  apt_wait || return 1
  timeout "$bound" apt-get -q -y -o DPkg::Lock::Timeout="$LOCK_TIMEOUT" -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" > "$log" 2>&1 < /dev/null
}

# dpkg_alone ARGUMENT...
dpkg_alone() {
  apt_wait && timeout 600 dpkg "$@" > "$log" 2>&1 < /dev/null
}

# apt_failed WHAT: says it with the log's end, and ends the script. Lists that could not be refreshed go first: what apt says of
# a package then (that it knows none of that name) only follows from it.
apt_failed() {
  if [ -n "$unrefreshed" ]; then
    printf '%s\n' "the package lists could not be refreshed (at most $LISTS_TIMEOUT s):" "$unrefreshed"
    printf '%s: %s\n' "$1" "$(grep '^E:' "$log" | tail -n 1)"
  else
    echo "$1; the last lines of apt-get:"
    tail -n 15 "$log"
  fi >&2
  exit 1
}

# Refreshes the lists. What of it failed is kept in "unrefreshed": which repository, and why, in a few lines.
unrefreshed=
apt_refresh() {
  echo "refreshing the package lists, at most $LISTS_TIMEOUT s"
  bound=$LISTS_TIMEOUT
  apt_get update
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
    apt_failed 'an interrupted dpkg run could not be finished (dpkg --configure -a)'
}
