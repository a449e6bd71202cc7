import { homedir } from 'node:os';
import { join } from 'node:path';

/** '~' and '~/x' as paths in the operator's home ($HOME); every other path as it is. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
