# shellcheck shell=sh
# Functions that run apt-get and dpkg without questions, one at a time, with a log of their last words.
# include: ./lock-holder.sh

DEBIAN_FRONTEND=noninteractive
LC_ALL=C
NEEDRESTART_MODE=l
export DEBIAN_FRONTEND LC_ALL NEEDRESTART_MODE

# Seconds to wait for another apt or dpkg to finish.
LOCK_TIMEOUT=300

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
  timeout 900 apt-get -q -y -o DPkg::Lock::Timeout="$LOCK_TIMEOUT" -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" > "$log" 2>&1 < /dev/null
}

# dpkg_alone ARGUMENT...
dpkg_alone() {
  apt_wait && timeout 600 dpkg "$@" > "$log" 2>&1 < /dev/null
}

# apt_failed WHAT: says it with the log's end, and ends the script.
apt_failed() {
  echo "$1; the last lines of apt-get:" >&2
  tail -n 15 "$log" >&2
  exit 1
}

# A stop in the middle of dpkg leaves work behind that it asks to be finished first.
apt_mend() {
  [ -n "$(ls -A /var/lib/dpkg/updates 2> /dev/null)" ] || return 0
  dpkg_alone --force-confdef --force-confold --configure -a ||
    apt_failed 'an interrupted dpkg run could not be finished (dpkg --configure -a)'
}
