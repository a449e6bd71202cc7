import { createHash } from 'node:crypto';
import { type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { defined } from '../../model/defined.js';
import { sh, shellScript, type ShellScript } from '../../shell/script.js';
import { firewalld } from './firewalld/index.js';
import type { FirewallManager, FirewallWishes, NftablesSurroundings, Opening } from './manager.js';
import { nftables } from './nftables/index.js';
import { ufw } from './ufw/index.js';

export type { FirewallPort, FirewallWishes } from './manager.js';

/** Every program there is that rules over a packet filter, in the order in which they are asked. */
const MANAGERS = { ufw, firewalld, nftables } as const;

type Managers = typeof MANAGERS;

export interface FirewallResource extends Resource {
  readonly kind: 'firewall';
  /** What an active firewall lets through; absent: it is stopped and disabled. */
  readonly open?: Opening;
}

/** What each manager saw. */
export type FirewallSeen = { readonly [id in keyof Managers]: ReturnType<Managers[id]['parse']> };

/** The host's own firewall: stopped and disabled, or open for a cluster. */
export function firewall(
  options: { readonly open?: never } | { readonly open: FirewallWishes; readonly nftables: NftablesSurroundings },
): FirewallResource {
  if (options.open === undefined) return { kind: 'firewall', id: 'firewall:off' };
  const { open, nftables: surroundings } = options;
  // Undo is recorded once per id: a changed set of ports is a resource of its own.
  const digest = createHash('sha256').update(JSON.stringify(open)).digest('hex').slice(0, 8);
  return { kind: 'firewall', id: `firewall:open-ports:${digest}`, open: { ...open, digest, nftables: surroundings } };
}

const SAVE_RULES = shellScript('./save-rules.sh', import.meta.url);
const RESTORE_RULES = shellScript('./restore-rules.sh', import.meta.url);

export const firewallKind: ResourceKind<FirewallResource, FirewallSeen> = {
  kind: 'firewall',
  describe: {
    change: 'Stops and disables ufw, firewalld and the nftables service (`firewall: open-ports` opens ports instead)',
    undone: 'What was active is started, what was enabled is enabled; rules that stopping it threw away come back',
  },
  observe: ({ open }) => all(managers().map(([, manager]) => manager.observe(open))),
  parse: (_r, output) =>
    Object.fromEntries(managers().map(([id, manager]) => [id, manager.parse(output)])) as FirewallSeen,
  diff: ({ open: opening }, seen) => {
    const on = running(seen).map(([id]) => id);
    if (opening === undefined)
      return on.length === 0
        ? { changed: false, reason: 'no firewall is on' }
        : update(`stop and disable ${on.join(', ')}`, 'is on');
    const parts = closed(opening, seen).map(
      ([id, manager]) => `${id} ${manager.missing(opening, seen[id]).join(', ')}`,
    );
    if (parts.length > 0) return update(`open for the cluster: ${parts.join('; ')}`, 'not open yet');
    return {
      changed: false,
      reason: on.length === 0 ? 'no firewall is on, so all ports are open' : 'the ports are open',
    };
  },
  apply: ({ open: opening }, seen) =>
    opening === undefined
      ? [{ do: 'script', script: all(running(seen).map(([, each]) => each.turnOff())), silenceSeconds: 200 }]
      : [
          {
            do: 'script',
            script: all(closed(opening, seen).map(([id, each]) => each.open(opening, seen[id]))),
            silenceSeconds: 300,
          },
        ],
  undo: undoOf({
    version: 1,
    record: ({ open: opening }: FirewallResource, seen: FirewallSeen) => ({
      save:
        opening === undefined
          ? sh(SAVE_RULES)
          : all(closed(opening, seen).map(([, each]) => each.save?.(opening) ?? ':')),
      data: { ...defined({ open: opening }), seen },
    }),
    restore: ({ open: opening, seen }) =>
      opening === undefined
        ? all([
            ofNow(SAVE_RULES),
            ...running(seen).map(([id, each]) => each.turnOn(seen[id])),
            sh(RESTORE_RULES),
            ofNow(RESTORE_RULES),
          ])
        : all(closed(opening, seen).map(([id, each]) => each.close(opening, seen[id]))),
  }),
};

/** The managers without their own types: what one gets as seen comes from its own parse. */
function managers(): readonly (readonly [keyof Managers, FirewallManager<unknown>])[] {
  return Object.entries(MANAGERS) as unknown as [keyof Managers, FirewallManager<unknown>][];
}

/** Those that rule now or after the next boot. */
function running(seen: FirewallSeen): ReturnType<typeof managers> {
  return managers().filter(([id, manager]) => manager.isOn(seen[id]));
}

/** Those that do not let through all of it. */
function closed(opening: Opening, seen: FirewallSeen): ReturnType<typeof managers> {
  return managers().filter(([id, manager]) => manager.missing(opening, seen[id]).length > 0);
}

function update(summary: string, reason: string): Extract<ReturnType<typeof firewallKind.diff>, { changed: true }> {
  return { changed: true, change: { action: 'update', summary, reason } };
}

/** The same for the tables that are there right now: starting nftables or firewalld throws them away as well. */
function ofNow(script: ShellScript): string {
  return `(\nD=$D/now; mkdir -p -- "$D" || exit 1\n${sh(script)}\n)`;
}

/** One after the other, until one fails. */
function all(texts: readonly string[]): string {
  return ['(', ...texts.map((text) => `${text} || exit 1`), ':', ')'].join('\n');
}
