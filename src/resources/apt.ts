/** Seconds to wait for another apt or dpkg to finish. */
const LOCK_TIMEOUT = 300;

/**
 * apt waits by itself only for one of its three locks, so all are waited for here. The holder of a lock is found by
 * inode in /proc/locks: fuser and lslocks are missing on minimal hosts.
 */
const COMMON = `
DEBIAN_FRONTEND=noninteractive; LC_ALL=C; NEEDRESTART_MODE=l; export DEBIAN_FRONTEND LC_ALL NEEDRESTART_MODE
LOG=$(mktemp) || exit 1
trap 'rm -f -- "$LOG"' EXIT
apt_holder() {
  for L in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
    [ -e "$L" ] || continue
    I=$(stat -c %i -- "$L")
    P=$(awk -v inode="$I" '$2 != "->" { split($6, part, ":"); if (part[3] == inode) { print $5; exit } }' /proc/locks)
    if [ -n "$P" ]; then
      if [ "$P" -gt 0 ] && read -r C < "/proc/$P/comm"; then echo "$C (pid $P)"; else echo "a process outside this container"; fi
      return 0
    fi
  done
  return 1
}
apt_wait() {
  T=0; TOLD=
  while W=$(apt_holder 2> /dev/null); do
    [ "$W" = "$TOLD" ] || { echo "waiting for $W, which holds the package manager's lock"; TOLD=$W; }
    [ "$T" -lt ${String(LOCK_TIMEOUT)} ] || { echo "$W still holds the package manager's lock after ${String(LOCK_TIMEOUT)} s; let it finish or stop it, then run again" >&2; return 1; }
    T=$((T + 2)); sleep 2
  done
}
apt_get() {
  apt_wait || return 1
  timeout 900 apt-get -q -y -o DPkg::Lock::Timeout=${String(LOCK_TIMEOUT)} -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" > "$LOG" 2>&1 < /dev/null
}
apt_failed() { echo "$1; the last lines of apt-get:" >&2; tail -n 15 "$LOG" >&2; exit 1; }
# A stop in the middle of dpkg leaves work behind that it asks to be finished first.
apt_mend() { [ -z "$(ls -A /var/lib/dpkg/updates 2> /dev/null)" ] || { apt_wait && timeout 600 dpkg --force-confdef --force-confold --configure -a > "$LOG" 2>&1 < /dev/null; }; }`;

/**
 * sh function `apt_install FILE NAME...`: installs, refreshing the package lists only when they are missing, older than a day,
 * do not know a name, or no longer match the archive. FILE collects packages that had to go because they conflict
 * (chrony takes systemd-timesyncd's place), so that removing ours can bring them back.
 */
export const APT_INSTALL = `${COMMON}
apt_lists_are_fresh() {
  set -- /var/lib/apt/lists/*_Packages*
  [ -e "$1" ] && [ -n "$(find /var/lib/apt/lists /var/lib/apt/lists/partial /var/lib/apt/periodic/update-success-stamp -maxdepth 0 -mmin -1440 2> /dev/null)" ]
}
apt_update() { UPDATED=yes; echo 'refreshing the package lists'; apt_get update || echo "the package lists could not all be refreshed: $(tail -n 1 "$LOG")"; }
apt_install() {
  GONE=$1; shift; UPDATED=
  apt_mend || apt_failed 'an interrupted dpkg run could not be finished (dpkg --configure -a)'
  apt_lists_are_fresh || apt_update
  if ! apt_get install -s --no-install-recommends -- "$@"; then
    [ -n "$UPDATED" ] || apt_update
    apt_get install -s --no-install-recommends -- "$@" || apt_failed "cannot install $*"
  fi
  OUT=$(sed -n 's/^Remv \\([^ ]*\\) .*/\\1/p' "$LOG")
  [ -z "$OUT" ] || { (umask 077; mkdir -p -- "$(dirname -- "$GONE")"; printf '%s\\n' "$OUT" >> "$GONE"); }
  echo "installing $*"
  apt_get install --no-install-recommends -- "$@" && return 0
  [ -z "$UPDATED" ] || apt_failed "could not install $*"
  apt_update
  apt_get install --no-install-recommends -- "$@" || apt_failed "could not install $*"
}`;

/** sh function `apt_remove LIST GONE`: removes the packages named in a file, then installs again what they had pushed out. */
export const APT_REMOVE = `${COMMON}
apt_remove() {
  apt_mend || apt_failed 'an interrupted dpkg run could not be finished (dpkg --configure -a)'
  set -- "$2" $(while read -r N; do dpkg-query -W -f '\${db:Status-Status} \${Package}\\n' -- "$N" 2> /dev/null; done < "$1" | sed -n 's/^installed //p')
  GONE=$1; shift
  [ "$#" -eq 0 ] || apt_get remove -- "$@" || apt_failed "could not remove $*"
  [ -s "$GONE" ] || return 0
  set -- $(sort -u "$GONE")
  apt_get install --no-install-recommends -- "$@" || { apt_get update; apt_get install --no-install-recommends -- "$@"; } || apt_failed "could not install $* again, which kinit's packages had replaced"
  rm -f -- "$GONE"
}`;
