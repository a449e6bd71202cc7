import { parse } from 'yaml';
import { KinitError } from '../../../model/error.js';
import { toYaml } from '../../../model/text/yaml.js';

interface Named {
  readonly name: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The entries of one cluster, as kinit writes them into a kubeconfig. */
export interface OwnEntries {
  readonly clusters: Named & { readonly cluster: Fields };
  readonly users: Named & { readonly user: Fields };
  readonly contexts: Named & { readonly context: Fields & { readonly cluster: string; readonly user: string } };
}

/** An administrator's entries with the cluster's own names in them, so that several fit into one file: context NAME, user NAME-admin. */
export function ownEntries(adminKubeconfig: string, name: string): OwnEntries {
  const { clusters, users, contexts, ...rest } = parse(adminKubeconfig) as Lists;
  const context = contexts.find((entry) => entry.name === rest['current-context']) ?? contexts[0];
  const cluster = clusters.find((entry) => entry.name === context?.context.cluster);
  const user = users.find((entry) => entry.name === context?.context.user);
  if (context === undefined || cluster === undefined || user === undefined)
    throw new KinitError('The kubeconfig of the cluster has no usable context', { class: 'internal' });
  const admin = `${name}-admin`;
  return {
    clusters: { name, cluster: cluster.cluster },
    users: { name: admin, user: user.user },
    contexts: { name, context: { ...context.context, cluster: name, user: admin } },
  };
}

/** A kubeconfig of its own with these entries. Secret. */
export function kubeconfigOf({ clusters, users, contexts }: OwnEntries): string {
  return toYaml(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [clusters],
      users: [users],
      contexts: [contexts],
      'current-context': contexts.name,
    },
    { indentSeq: false },
  );
}

interface Lists {
  readonly clusters: readonly OwnEntries['clusters'][];
  readonly users: readonly OwnEntries['users'][];
  readonly contexts: readonly OwnEntries['contexts'][];
  readonly 'current-context'?: string;
}
