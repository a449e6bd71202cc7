/** Seconds to wait for another apt or dpkg to finish. */
const LOCK_TIMEOUT = 300;

/**
 * sh function `apt_holder`: who holds a lock of apt or dpkg; fails when nobody does. The holder is found by inode in
 * /proc/locks: fuser and lslocks are missing on minimal hosts.
 */
export const APT_HOLDER = `
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
}`;

/**
 * apt waits by itself only for one of its three locks, so all are waited for here.
 */
const COMMON = `
DEBIAN_FRONTEND=noninteractive; LC_ALL=C; NEEDRESTART_MODE=l; export DEBIAN_FRONTEND LC_ALL NEEDRESTART_MODE
LOG=$(mktemp) || exit 1
trap 'rm -f -- "$LOG"' EXIT
${APT_HOLDER}
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
 * sh function `apt_install FOLDER NAME...`: installs, refreshing the package lists only when they are missing, older than a day,
 * do not know a name, or no longer match the archive. FOLDER/packages-removed collects packages that had to go because they
 * conflict (chrony takes systemd-timesyncd's place), so that removing ours can bring them back; FOLDER/packages-added those
 * that come, with the ones they depend on, and after each whether its configuration files were there ("rc") or nothing was.
 */
export const APT_INSTALL = `${COMMON}
apt_lists_are_fresh() {
  set -- /var/lib/apt/lists/*_Packages*
  [ -e "$1" ] && [ -n "$(find /var/lib/apt/lists /var/lib/apt/lists/partial /var/lib/apt/periodic/update-success-stamp -maxdepth 0 -mmin -1440 2> /dev/null)" ]
}
apt_update() { UPDATED=yes; echo 'refreshing the package lists'; apt_get update || echo "the package lists could not all be refreshed: $(tail -n 1 "$LOG")"; }
apt_install() {
  NOTES=$1; shift; UPDATED=
  apt_mend || apt_failed 'an interrupted dpkg run could not be finished (dpkg --configure -a)'
  apt_lists_are_fresh || apt_update
  if ! apt_get install -s --no-install-recommends -- "$@"; then
    [ -n "$UPDATED" ] || apt_update
    apt_get install -s --no-install-recommends -- "$@" || apt_failed "cannot install $*"
  fi
  OUT=$(sed -n 's/^Remv \\([^ ]*\\) .*/\\1/p' "$LOG"); NEW=$(sed -n 's/^Inst \\([^ ]*\\) (.*/\\1/p' "$LOG")
  (umask 077; mkdir -p -- "$NOTES") || exit 1
  [ -z "$OUT" ] || (umask 077; printf '%s\\n' "$OUT" >> "$NOTES/packages-removed") || exit 1
  for N in $NEW; do (umask 077; echo "$N $(dpkg-query -W -f '\${db:Status-Status}' -- "$N" 2> /dev/null)" >> "$NOTES/packages-added") || exit 1; done
  echo "installing $*"
  apt_get install --no-install-recommends -- "$@" && return 0
  [ -z "$UPDATED" ] || apt_failed "could not install $*"
  apt_update
  apt_get install --no-install-recommends -- "$@" || apt_failed "could not install $*"
}`;

/**
 * sh function `apt_remove LIST FOLDER`: removes the packages named in LIST and those that came with them (packages-added),
 * but none that something installed since then needs; then installs again what they had pushed out (packages-removed).
 * Their configuration files go too where there were none before.
 */
export const APT_REMOVE = `${COMMON}
installed() { [ "$(dpkg-query -W -f '\${db:Status-Status}' -- "$1" 2> /dev/null)" = installed ]; }
# Packages that would go along with those given and are none of ours.
others() { apt_get remove -s -- "$@" || apt_failed "cannot remove $*"; sed -n 's/^Remv \\([^ ]*\\) .*/\\1/p' "$LOG" | grep -vxF -e "$OURS"; }
apt_remove() {
  apt_mend || apt_failed 'an interrupted dpkg run could not be finished (dpkg --configure -a)'
  NOTES=$2
  OURS=$({ cat < "$1"; [ ! -e "$NOTES/packages-added" ] || cut -d' ' -f1 < "$NOTES/packages-added"; } | sort -u | while read -r N; do ! installed "$N" || printf '%s\\n' "$N"; done)
  set -- $OURS
  if [ "$#" -gt 0 ] && [ -n "$(others "$@")" ]; then
    set --
    for N in $OURS; do
      O=$(others "$N" | tr '\\n' ' ')
      if [ -n "$O" ]; then echo "$N stays: \${O}needs it"; else set -- "$@" "$N"; fi
    done
  fi
  if [ "$#" -gt 0 ]; then
    apt_get remove -- "$@" || apt_failed "could not remove $*"
    P=; for N in "$@"; do grep -qxF -e "$N config-files" "$NOTES/packages-added" 2> /dev/null || P="$P $N"; done
    [ -z "$P" ] || { apt_wait && timeout 600 dpkg --purge $P > "$LOG" 2>&1 < /dev/null; } || apt_failed "could not remove the configuration files of$P"
  fi
  if [ -s "$NOTES/packages-removed" ]; then
    set -- $(sort -u "$NOTES/packages-removed")
    apt_get install --no-install-recommends -- "$@" || { apt_get update; apt_get install --no-install-recommends -- "$@"; } || apt_failed "could not install $* again, which kinit's packages had replaced"
  fi
  rm -f -- "$NOTES/packages-removed" "$NOTES/packages-added"
}`;
