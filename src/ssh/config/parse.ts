import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { expandGlob } from './glob.js';

/** One line of an OpenSSH client configuration (ssh_config(5)). */
export interface ConfigLine {
  /** Lower case. */
  readonly keyword: string;
  readonly args: readonly string[];
  /** What stands after the keyword, as it is: some values are not split (Match exec, ProxyCommand). */
  readonly rest: string;
  /** For 'include': the lines of each file, in order. */
  readonly included?: readonly (readonly ConfigLine[])[];
}

/** OpenSSH's own bound on Include within Include (READCONF_MAX_DEPTH). */
const MAX_DEPTH = 16;

/** Reads a configuration with all that it includes. A file that is not there has no lines, as with ssh. */
export async function readConfig(file: string, depth = 0): Promise<readonly ConfigLine[]> {
  if (depth > MAX_DEPTH) throw unreadable(file, 'Include stands within Include more than 16 times');
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return '';
    throw unreadable(file, cause.message, cause);
  });
  const lines: ConfigLine[] = [];
  for (const raw of text.split('\n')) {
    const line = parseLine(raw);
    if (line === undefined) continue;
    lines.push(line.keyword === 'include' ? { ...line, included: await includes(line.args, file, depth) } : line);
  }
  return lines;
}

/** undefined for an empty line or a comment. */
export function parseLine(raw: string): ConfigLine | undefined {
  const match = /^\s*([^\s=#"]+)(?:\s*=\s*|\s+|$)(.*?)\s*$/s.exec(raw);
  const [, keyword = '', rest = ''] = match ?? [];
  return keyword === '' ? undefined : { keyword: keyword.toLowerCase(), args: splitWords(rest), rest };
}

/** Words with single or double quotes and backslashes as OpenSSH reads them (misc.c, argv_split); a word that begins with # ends the line. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    if (text[at] === '#') break;
    let word = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const char = text[at] ?? '';
      const next = text[at + 1] ?? '';
      if (char === '\\' && (/["'\\]/.test(next) || (quote === '' && next === ' '))) {
        word += next;
        at += 1;
      } else if (quote === '' && /\s/.test(char)) break;
      else if (quote === '' && /["']/.test(char)) quote = char;
      else if (char === quote) quote = '';
      else word += char;
    }
    words.push(word);
  }
  return words;
}

async function includes(patterns: readonly string[], file: string, depth: number): Promise<(readonly ConfigLine[])[]> {
  // Relative names start from ~/.ssh in a user's configuration and from /etc/ssh in the system's.
  const base = file.startsWith('/etc/ssh/') ? dirname('/etc/ssh/x') : join(homedir(), '.ssh');
  const found: (readonly ConfigLine[])[] = [];
  for (const pattern of patterns) {
    const path =
      pattern === '~' || pattern.startsWith('~/')
        ? join(homedir(), pattern.slice(1))
        : isAbsolute(pattern)
          ? pattern
          : join(base, pattern);
    for (const each of await expandGlob(path)) found.push(await readConfig(each, depth + 1));
  }
  return found;
}

function unreadable(file: string, found: string, cause?: unknown): KinitError {
  return new KinitError(`the SSH configuration ${file} cannot be read`, {
    class: 'access',
    tried: `read ${file}`,
    found,
    hint: 'Mend it, or name another with ssh.configFile in the inventory (none: read none).',
    cause,
  });
}
