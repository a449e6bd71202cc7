import { KinitError } from '../model/error.js';
import type { Subject } from './subject.js';

const LIMIT = 64 * 1024;
/** Longer than any name, version or address. */
const LONGEST = 256;

/**
 * An answer of a length that it can have.
 * @throws KinitError access, where something talks into what a host was asked: nothing of it can be believed then
 */
export function boundedAnswer(host: string, { id, limit = LIMIT }: Subject<unknown>, answer: string): string {
  if (answer.length > limit)
    throw talksOn(host, `${String(answer.length)} characters about "${id}", at most ${String(limit)} can be meant`);
  return answer;
}

/** The same for a host whose answers drowned. */
export function talksOn(host: string, found: string): KinitError {
  return new KinitError(`${host} writes without being asked on the channel of the root shell`, {
    class: 'access',
    host,
    tried: 'asking for facts',
    found,
    hint: `Look at what stands before the shell there: ForceCommand in /etc/ssh/sshd_config, start files of the login shell (~/.bashrc, /etc/profile.d), a wrapper around sudo; and for background programs that they leave writing.`,
  });
}

/** Plain data with every text cut to a length that people can read. */
export function shortened<T>(value: T): T {
  if (typeof value === 'string') return (value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => shortened(each)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]: [string, unknown]) => [key, shortened(each)])) as T;
}
