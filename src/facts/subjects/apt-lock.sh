# shellcheck shell=sh
# Who holds a lock of apt or dpkg. Prints '<command> (pid <n>)', or nothing.

for file in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock; do
  inode=$(stat -c %i "$file") || continue
  # /proc/locks: number, kind, advice, access, process, major:minor:inode, range.
  while read -r _ _ _ _ pid place _; do
    case $place in
      *:"$inode") ;;
      *) continue ;;
    esac
    # The inode may be another file system's: the process must have just this file open.
    for opened in /proc/"$pid"/fd/*; do
      [ "$opened" -ef "$file" ] || continue
      read -r name < "/proc/$pid/comm" && echo "$name (pid $pid)" && exit
    done
  done < /proc/locks
done
