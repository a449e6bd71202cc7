import { resolve } from 'node:path';
import { specSchema } from '../../inventory/spec-schema.js';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import type { HostFacts } from '../../model/facts.js';
import type { AskSecret } from '../../model/secret.js';
import type { LoadedInventory } from '../../model/spec.js';
import { accessThrough } from '../api/access.js';
import { closeHosts, openHosts } from '../session/session.js';
import { describeCluster, type Described, type InventoryData } from './describe.js';

import { seeCluster, type SeenCluster } from './seen.js';

export type { Described } from './describe.js';

export interface AdoptOptions {
  /** Of the first control-plane host, as one would type it behind ssh. */
  readonly address: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFile?: string;
  /** The inventory that is to be written: paths are relative to it. */
  readonly file: string;
  readonly acceptNewHostKeys: boolean;
  readonly ask?: AskSecret;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const API_SERVER = 'kube-apiserver';

/** Reads a cluster that kinit did not make and says which inventory describes it. Changes nothing anywhere. */
export async function readForeignCluster(options: AdoptOptions): Promise<Described> {
  const ssh = sshSection(options);
  const first = inventoryOf(
    { hosts: [{ name: 'control-plane', address: options.address, roles: ['control-plane'] }], ssh },
    options,
  );
  const { seen, port } = await seeThrough(first, options);
  const reached = { address: options.address, port, ssh };
  const draft = describeCluster(seen, { ...reached, facts: {} });
  const { facts, lost } = await factsOfNodes(inventoryOf(draft.inventory, options), options);
  const described = describeCluster(seen, { ...reached, facts });
  return { ...described, left: [...described.left, ...lost] };
}

/** The API through the host that was named, on the port at which its API server listens. */
async function seeThrough(
  inventory: LoadedInventory,
  options: AdoptOptions,
): Promise<{ readonly seen: SeenCluster; readonly port: number }> {
  const { live, lost } = await openHosts(inventory.spec.hosts, { ...options, inventory });
  try {
    const [leader] = live;
    if (leader === undefined) throw lost[0]?.error ?? noCluster(options.address);
    const port = leader.facts.listening.find(({ process }) => process === API_SERVER)?.port;
    const spec = { ...inventory.spec, apiServer: { ...inventory.spec.apiServer, port: port ?? 6443 } };
    const access = accessThrough([leader], {
      inventory: { ...inventory, spec },
      signal: options.signal,
      mayReadKeys: false,
    });
    if (access === undefined || port === undefined) throw noCluster(options.address);
    try {
      return { seen: await seeCluster(await access.api(), options.address), port };
    } finally {
      access.close();
    }
  } finally {
    await closeHosts(live);
  }
}

/** What the hosts are now; those that do not answer are named. */
async function factsOfNodes(
  inventory: LoadedInventory,
  options: AdoptOptions,
): Promise<{ readonly facts: Readonly<Record<string, HostFacts>>; readonly lost: readonly string[] }> {
  const { live, lost } = await openHosts(inventory.spec.hosts, { ...options, inventory });
  await closeHosts(live);
  return {
    facts: Object.fromEntries(live.map(({ spec, facts }) => [spec.name, facts])),
    lost: lost.map(({ spec, error }) =>
      `${spec.name} (${spec.address}) was not looked at: ${error.message}. Correct its ssh in the inventory.`.replaceAll(
        /\s+/g,
        ' ',
      ),
    ),
  };
}

function sshSection({ user, port, identityFile }: AdoptOptions): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries({ user, port, identityFile }).filter(([, value]) => value !== undefined));
}

/** With all defaults; what is wrong with it in other respects is told when the finished file is read. */
function inventoryOf(data: InventoryData, { file, ask }: AdoptOptions): LoadedInventory {
  const { hosts, ssh } = data;
  return { spec: specSchema.parse({ hosts, ssh }), file: resolve(file), ...(ask === undefined ? {} : { ask }) };
}

function noCluster(address: string): KinitError {
  return new KinitError(`no control plane of a cluster runs on ${address}`, {
    class: 'refused',
    host: address,
    found: `${API_SERVER} does not listen there, or there is no administrator's kubeconfig in /etc/kubernetes`,
    hint: 'Name the control-plane host, by the address that SSH reaches it at.',
  });
}
