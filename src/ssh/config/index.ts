import { homedir } from 'node:os';
import { join } from 'node:path';
import { evaluate } from './evaluate.js';
import type { ConfigSettings } from './evaluate.js';
import { readConfig } from './parse.js';
import type { ConfigLine } from './parse.js';

export type { ConfigSettings } from './evaluate.js';
export { localNames } from './tokens.js';

/** What an OpenSSH client configuration says about one destination. */
export type Lookup = (
  destination: string,
  given: { readonly user?: string; readonly port?: number; readonly defaultUser: string },
) => Promise<ConfigSettings>;

const SYSTEM_CONFIG = '/etc/ssh/ssh_config';

/** Reads a configuration once, for any number of look-ups. With the user's own, the system's is read after it, as ssh does; without a file nothing is set. */
export function openConfig(file: string | undefined): Lookup {
  let lines: Promise<readonly ConfigLine[]> | undefined;
  return async (destination, given) => {
    lines ??= file === undefined ? Promise.resolve([]) : readAll(file);
    return evaluate(await lines, destination, given);
  };
}

async function readAll(file: string): Promise<readonly ConfigLine[]> {
  const own = await readConfig(file);
  if (file !== join(homedir(), '.ssh/config')) return own;
  // Its first lines belong to no Host of the user's file.
  return [...own, { keyword: 'match', args: ['all'], rest: 'all' }, ...(await readConfig(SYSTEM_CONFIG))];
}
