# shellcheck shell=sh
# holder_of FILE...: prints who holds a lock on one of the files, 'COMMAND (pid N)'; fails when nobody does. The holder is
# found by inode in /proc/locks: fuser and lslocks are missing on minimal hosts.

holder_of() {
  for lock in "$@"; do
    inode=$(stat -L -c %i -- "$lock" 2> /dev/null) || continue
    # number, kind, advice, access, pid, major:minor:inode, range; those that wait have an arrow more
    while read -r _ _ _ _ pid place _; do
      case "$place" in
        *:"$inode") ;;
        *) continue ;;
      esac
      if [ "$pid" -le 0 ]; then
        echo 'a process outside this container'
        return 0
      fi
      # The inode may be another file system's: the process must have just this file open.
      has_open "$pid" "$lock" && read -r name < "/proc/$pid/comm" && echo "$name (pid $pid)" && return 0
    done < /proc/locks
  done
  return 1
}

has_open() {
  for opened in "/proc/$1"/fd/*; do
    if [ "$opened" -ef "$2" ]; then return 0; fi
  done
  return 1
}
