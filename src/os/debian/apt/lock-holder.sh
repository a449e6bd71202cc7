# shellcheck shell=sh
# lock_holder: prints who holds a lock of apt or dpkg, 'COMMAND (pid N)'; fails when nobody does.
# include: ../../packages/held-lock.sh

lock_holder() {
  holder_of /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock
}
