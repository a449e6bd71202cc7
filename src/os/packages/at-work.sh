# shellcheck shell=sh
# Functions that run a package manager without questions, one at a time, with a log of its last words in "$log". Need
# lock_holder, and $program, its command.

LC_ALL=C
export LC_ALL

# Seconds to wait for another package manager to finish.
LOCK_TIMEOUT=300

# Seconds that the lists of all repositories may take together.
LISTS_TIMEOUT=240

log=$(mktemp) || exit 1
trap 'rm -f -- "$log"' EXIT

# Package managers wait by themselves only for some of their locks, and some for ever, so all are waited for here.
wait_for_lock() {
  waited=0
  told=
  while holder=$(lock_holder 2> /dev/null); do
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

# What could not be refreshed of the lists: which repository, and why, in a few lines.
unrefreshed=

# package_failed WHAT: says it with what the package manager said, and ends the script. Lists that could not be refreshed go
# first: what it says of a package then (that it knows none of that name) only follows from it. Needs last_error, which prints
# its last one.
package_failed() {
  if [ -n "$unrefreshed" ]; then
    printf '%s\n' "the package lists could not be refreshed (at most $LISTS_TIMEOUT s):" "$unrefreshed"
    printf '%s: %s\n' "$1" "$(last_error)"
  else
    # shellcheck disable=SC2154 # whoever includes this sets it
    echo "$1; the last lines of $program:"
    tail -n 15 "$log"
  fi >&2
  exit 1
}
