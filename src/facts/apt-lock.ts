import type { Probe } from './probe.js';

/** Who holds dpkg's front-end lock: name and pid, by the inode in /proc/locks (fuser may not be installed). */
export const aptLockHolder: Probe<string | undefined> = {
  script: [
    'L=/var/lib/dpkg/lock-frontend',
    'if [ -e "$L" ]; then',
    '  I=$(stat -c %i "$L")',
    '  P=$(sed -n "s/.* \\([0-9][0-9]*\\) [0-9a-f]*:[0-9a-f]*:$I .*/\\1/p" /proc/locks | head -n 1)',
    '  [ -z "$P" ] || echo "$(cat "/proc/$P/comm" 2>/dev/null || echo process) (pid $P)"',
    'fi',
  ].join('\n'),
  parse: (output) => (output.trim() === '' ? undefined : output.trim()),
};
