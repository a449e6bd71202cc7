import { DATASTORES } from '../../datastore/index.js';
import type { Spec } from '../../model/spec.js';
import type { LiveHost } from '../session/session.js';
import { knownOnHosts } from './known.js';
import { changedOptions } from './options.js';
import { refused } from './refusal.js';

/**
 * Holds the inventory against the cluster on the hosts, for what works on its data: whose they are, where, and what has to be stopped for
 * them. Its API need not answer. Where there is no cluster there is nothing to hold it against.
 * @param moves options that the command itself changes
 * @throws KinitError refused, in the guard's words, before anything is touched
 */
export function guardData(spec: Spec, live: readonly LiveHost[], moves: readonly string[] = []): void {
  const known = knownOnHosts(live);
  if (known === undefined) return;
  const refusals = changedOptions(spec, known).filter(({ option }) => isOfData(option) && !moves.includes(option));
  if (refusals.length > 0) throw refused(refusals, known.host);
}

function isOfData(path: string): boolean {
  if (path === 'controlPlane' || path === 'datastore') return true;
  return DATASTORES.some(({ options = [] }) => options.some((own) => path === own || path.startsWith(`${own}.`)));
}
