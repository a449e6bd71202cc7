import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLab, killHost, startHost } from '../../src/lab/index.js';
import { giveLead } from '../e2e/support/etcd.js';
import { FORM } from '../e2e/support/form.js';
import { eventually, kinitOk, type LabHandle } from '../e2e/support/kinit.js';
import { clientOf, startClients, type Outcome } from './clients.js';

/** What happens to control planes while clients write, read and watch. */
export interface Trouble {
  readonly title: string;
  /** Two where etcd does not mind: which server a client is at is the balancer's choice, and one of three it mostly is not. */
  readonly hosts: readonly string[];
  /** The host of etcd's leader when it begins. Not given: it does not matter. */
  readonly lead?: string;
  /** A shell line on each host; or what is done to the machine itself. */
  readonly begin: Deed;
  readonly end: Deed;
  /** Seconds without an answer that are allowed. */
  readonly within: number;
}

type Deed = string | ((cluster: LabHandle, host: string) => Promise<unknown>);

async function does(deed: Deed, cluster: LabHandle, host: string): Promise<true> {
  await (typeof deed === 'string' ? cluster.sh(host, deed) : deed(cluster, host));
  return true;
}

/** etcd in the process takes one server with it, so it is the one with its leader; of static pods API servers alone are meant, and that may be two. */
const servers = (one: string, other: string): Pick<Trouble, 'hosts' | 'lead'> =>
  FORM === 'embedded' ? { hosts: [one], lead: one } : { hosts: [one, other] };

/** Seconds without an answer where etcd's leader goes without a word: etcd's own program lets a write that the leader took with it wait for 7 s (docs/balancer.md). */
export const LEADER_LOST = FORM === 'embedded' ? 5 : 8;

/** Without a last word: what it has written and not synced is gone, and its addresses are silent. */
export const OFF: Trouble = {
  title: "a control plane is switched off, the one of etcd's leader",
  hosts: ['node2'],
  lead: 'node2',
  begin: async ({ name }, host) => killHost(await findLab(name), host),
  end: async ({ name }, host) => startHost(await findLab(name), host),
  within: LEADER_LOST,
};

/** Of either form. */
const API = `pgrep -f '^(/usr/local/bin/)?(kube-apiserver|kinit-server) ' | head -n 1`;

export const KILLED: Trouble = {
  title: 'API servers are killed',
  ...servers('node1', 'node3'),
  begin: `kill -9 $(${API})`,
  end: ':',
  within: 3,
};

export const FROZEN = {
  title: 'API servers are frozen',
  ...servers('node1', 'node2'),
  begin: `kill -STOP $(${API})`,
  end: `kill -CONT $(${API})`,
  within: 5,
} satisfies Trouble;

/** All that a member of the datastore has is gone, as with a disk that was lost or not mounted, and it is started again. @param data its folder @param kill sh text that ends it */
export const dataLost = (host: string, data: string, kill: string): Trouble => ({
  title: `all data of ${host} are gone, which has etcd's leader`,
  hosts: [host],
  lead: host,
  begin: `rm -rf ${data}/*; ${kill}`,
  end: ':',
  within: LEADER_LOST,
});

/** Port of `letIn`. */
const PORT = 7000;

/** Nobody but a node's own programs reaches its balancer: these clients are let in. Gives the address of the node. */
export async function letIn(cluster: LabHandle, node: string): Promise<string> {
  const { stdout } = await cluster.sh(
    node,
    `address=$(ip -4 -o addr show dev host0 | sed -n 's/.* inet \\([0-9.]*\\).*/\\1/p' | head -n 1); echo "$address"
systemd-run -q --unit let-in socat "TCP-LISTEN:${String(PORT)},bind=$address,fork,reuseaddr" TCP:127.0.0.1:6444`,
  );
  return stdout.trim();
}

/** What clients at the balancer of a node have of a trouble. Its figures are printed. @param address of letIn() */
export async function suffer(
  cluster: LabHandle,
  { inventory, address }: { readonly inventory: string; readonly address: string },
  { title, hosts, lead, begin, end }: Trouble,
): Promise<Outcome> {
  if (lead !== undefined) await giveLead(cluster, lead);
  // Of its own: the key of an administrator does not stay, and a cluster of another run is no question.
  const folder = await mkdtemp(join(tmpdir(), 'kf-'));
  const fetched = join(folder, 'kubeconfig');
  await kinitOk(['kubeconfig', '-i', inventory, '--out', fetched]);
  const client = clientOf(fetched, address, PORT);
  await rm(folder, { recursive: true });
  const stop = await startClients(client, title.toLowerCase().replaceAll(/[^a-z]+/g, '-'));
  await seconds(5);
  await Promise.all(hosts.map((host) => does(begin, cluster, host)));
  await seconds(25);
  for (const host of hosts) await eventually(`${host} answers`, 60, () => does(end, cluster, host));
  await seconds(5);
  const outcome = await stop();
  const { writeGap, readGap, watchGap, written, lost, wrong } = outcome;
  process.stdout.write(
    `${title}: without an answer ${String(writeGap)} s (writes), ${String(readGap)} s (reads), ${String(watchGap)} s (watch); ${String(written)} writes acknowledged, ${String(lost)} lost, ${String(wrong)} wrong answers\n`,
  );
  return outcome;
}

const seconds = (number: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, number * 1000));
