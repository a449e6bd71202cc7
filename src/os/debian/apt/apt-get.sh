# shellcheck shell=sh
# Functions that run apt-get and dpkg without questions, one at a time, with a log of their last words.
# include: ./lock-holder.sh

DEBIAN_FRONTEND=noninteractive
LC_ALL=C
# What hooks of apt would ask or restart: needrestart only lists (older ones know no other way), apt-listchanges is quiet.
NEEDRESTART_MODE=l
NEEDRESTART_SUSPEND=1
APT_LISTCHANGES_FRONTEND=none
export DEBIAN_FRONTEND LC_ALL NEEDRESTART_MODE NEEDRESTART_SUSPEND APT_LISTCHANGES_FRONTEND

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

# with_options COMMAND... -- ARGUMENT...: runs COMMAND apt-get OPTION... ARGUMENT...
with_options() {
  command=
  while [ "$1" != -- ]; do
    command="$command $1"
    shift
  done
  shift
  # shellcheck disable=SC2086 # words
  $command apt-get -q -y -o DPkg::Lock::Timeout="$LOCK_TIMEOUT" -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# apt_get ARGUMENT...: what installs and removes nothing (update, -s), with a bound.
apt_get() {
  apt_wait && with_options timeout "$bound" -- "$@" > "$log" 2>&1 < /dev/null
}

# apt_change ARGUMENT...: what runs the scripts of packages.
apt_change() {
  apt_wait && with_options undisturbed -- "$@"
}

# dpkg_alone ARGUMENT...
dpkg_alone() {
  apt_wait && undisturbed dpkg "$@"
}

# Seconds without a word after which a package's script is not waited for any longer.
PATIENCE=1800

# undisturbed COMMAND...: in a session of its own, which nothing of kinit's ends (ssh/shell/end-session.sh): a package
# script that is killed in the middle leaves a package that neither works nor can be removed. It is waited for while it
# says something, and every ten seconds that it goes on is told. One that is silent for too long is left alone.
undisturbed() {
  setsid "$@" > "$log" 2>&1 < /dev/null &
  worker=$!
  tenths=0
  quiet=0
  size=0
  while is_at_work "$worker"; do
    sleep 0.1
    tenths=$((tenths + 1))
    [ $((tenths % 100)) -eq 0 ] || continue
    now=$(wc -c < "$log")
    quiet=$((quiet + 10))
    [ "$now" = "$size" ] || quiet=0
    size=$now
    # In a process of its own: where the connection was cut, writing ends whoever writes, and the next kinit waits for this one.
    (echo "$((tenths / 10)) s: $(tail -n 1 "$log")")
    [ "$quiet" -lt "$PATIENCE" ] || give_up
  done
  wait "$worker"
}

# One that has ended is there until it is waited for (Z).
is_at_work() {
  { read -r state < "/proc/$1/stat"; } 2> /dev/null || return 1
  case "${state##*) }" in Z* | X*) return 1 ;; esac
}

give_up() {
  echo "the package manager (process $worker) has said nothing for $PATIENCE s. It goes on and was not ended; look at it with: ps -fp $worker. Its last lines:" >&2
  tail -n 15 "$log" >&2
  exit 1
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
