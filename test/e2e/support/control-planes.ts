import { findLab, type Lab } from '../../../src/lab/index.js';
import { useForm } from './form.js';
import { lab, labName, type LabHandle } from './kinit.js';
import { preparedHosts } from './prepared.js';
import { changedInventory } from './running.js';

/** Hosts that are control plane and worker at once, with etcd on each. */
export interface ControlPlanes {
  readonly cluster: LabHandle;
  readonly machines: Lab;
  readonly address: (host: string) => string;
  /** Writes an inventory of that name with these hosts, and gives its path. */
  readonly inventory: (name: string, hosts: readonly string[]) => Promise<string>;
  /** kubectl on a host, through its own API server. */
  readonly kubectlOn: (host: string, args: string) => Promise<string>;
}

/** A lab of prepared hosts in no cluster yet. */
export async function controlPlanes(what: string, hosts: number): Promise<ControlPlanes> {
  const cluster = await lab(what, { hosts, snapshot: await preparedHosts() });
  useForm(cluster, { datastore: 'etcd' });
  const machines = await findLab(labName(what));
  return {
    cluster,
    machines,
    address: (host) => machines.hosts.find(({ name }) => name === host)?.address ?? '',
    inventory: (name, wanted) =>
      changedInventory(cluster, name, (text) =>
        machines.hosts
          .filter((host) => !wanted.includes(host.name))
          .reduce(
            (left, host) => left.replace(new RegExp(` {2}- name: ${host.name}\\n[^]*?(?= {2}- name: |\\nssh:)`), ''),
            text.replaceAll(/roles:\n( +- [a-z-]+\n)+/g, 'roles: [control-plane, worker]\n'),
          ),
      ),
    kubectlOn: async (host, args) =>
      (await cluster.sh(host, `KUBECACHEDIR=/tmp/kubectl kubectl --kubeconfig ${ADMIN} ${args}`)).stdout.trim(),
  };
}

const ADMIN = '/etc/kubernetes/admin.conf --server https://$(hostname -I | cut -d" " -f1):6443';
