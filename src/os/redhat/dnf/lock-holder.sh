# shellcheck shell=sh
# lock_holder: prints who holds a lock of dnf, yum or rpm, 'COMMAND (pid N)'; fails when nobody does. dnf and yum write their
# process into a file, and believe in it as long as there is such a process (dnf/lock.py); rpm locks its database.
# include: ../../packages/held-lock.sh

lock_holder() {
  for file in /run/yum.pid /var/cache/dnf/*_lock.pid /var/lib/dnf/*_lock.pid; do
    { read -r pid < "$file" || [ -n "$pid" ]; } 2> /dev/null || continue
    { read -r name < "/proc/$pid/comm"; } 2> /dev/null || continue
    echo "$name (pid $pid)"
    return 0
  done
  holder_of /var/lib/rpm/.rpm.lock
}
