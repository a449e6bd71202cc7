import { KinitError } from '../model/error.js';
import type { CheckResult } from '../model/check.js';
import type { Emit } from '../model/event.js';
import type { LoadedInventory } from '../model/spec.js';
import { runChecks } from '../phases/preflight/checks.js';
import { probeReachability } from '../phases/preflight/reachability.js';
import { toNode } from './context.js';
import type { LiveHost } from './session.js';

interface PreflightOptions {
  readonly inventory: LoadedInventory;
  readonly ignorePreflight: readonly string[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** The hosts that are checked. */
  readonly live: readonly LiveHost[];
  /** Every host that answers: for checks between hosts. */
  readonly all: readonly LiveHost[];
  readonly command: string;
}

/** Runs every check, tells each, and throws when one that is not ignored failed. Nothing on a host is changed. */
export async function preflight({ inventory, ignorePreflight, emit, signal, live, all, command }: PreflightOptions): Promise<void> {
  const nodes = all.map(toNode);
  const names = new Set(live.map(({ spec }) => spec.name));
  // Hosts that are nodes already have shown that they reach each other; `check` asks again.
  const fresh = command === 'check' || live.some(({ facts }) => !facts.kubernetes.joined);
  const connections = new Map(all.map(({ spec, connection }) => [spec.name, connection]));
  const reachability = fresh && all.length > 1 ? await probeReachability(connections, nodes, inventory.spec, signal) : [];
  const spec = { ...inventory.spec, preflight: { ignore: [...inventory.spec.preflight.ignore, ...ignorePreflight] } };
  const results = runChecks({ spec, nodes, reachability });
  const failed: { host: string; check: CheckResult }[] = [];
  for (const [host, checks] of results) {
    if (!names.has(host)) continue;
    for (const check of checks) {
      emit({ type: 'check', host, check });
      if (check.status === 'error') failed.push({ host, check });
    }
  }
  if (failed.length === 0) return;
  throw new KinitError(`${failed.length} preflight check${failed.length === 1 ? '' : 's'} failed; nothing was changed`, {
    class: 'preflight',
    phase: 'preflight',
    ...(failed[0] !== undefined && failed.every(({ host }) => host === failed[0]?.host) ? { host: failed[0].host } : {}),
    found: failed.map(({ host, check }) => `${host}: ${check.name}: ${check.found}${check.minimum === undefined ? '' : ` (needed: ${check.minimum})`}${check.hint === undefined ? '' : `\n  ${check.hint}`}`).join('\n'),
    hint: `Mend these, or go on at your own risk with --ignore-preflight ${[...new Set(failed.map(({ check }) => check.name))].join(',')}.`,
  });
}
