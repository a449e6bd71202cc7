import type { Subject } from '../subject.js';

/**
 * Who holds a lock of apt or dpkg: '<command> (pid <n>)'. /proc/locks names process and inode; that the process has
 * just this file open makes sure that the inode is not another file system's.
 */
export const aptLock: Subject<string | undefined> = {
  id: 'apt-lock',
  script: `
for f in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock; do
  i=$(stat -c %i "$f") || continue
  while read -r n kind advice access pid file rest; do
    case $file in *:"$i") ;; *) continue;; esac
    for d in /proc/"$pid"/fd/*; do
      if [ "$d" -ef "$f" ]; then read -r name <"/proc/$pid/comm" && echo "$name (pid $pid)" && exit; fi
    done
  done </proc/locks
done`,
  parse: (output) => {
    const text = output.trim();
    return text === '' ? undefined : text;
  },
};
