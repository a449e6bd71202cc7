import { userInfo } from 'node:os';

/** Who runs this process, for people. A container may run as a user that no passwd file knows: then by number. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
}
