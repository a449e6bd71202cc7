import { parse } from 'yaml';
import { defined } from '../../../model/defined.js';
import { KinitError } from '../../../model/error.js';
import { toYaml } from '../../../model/text/yaml.js';

interface Named {
  readonly name: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The entries of one cluster, as kinit writes them into a kubeconfig. */
export interface OwnEntries {
  readonly clusters: readonly ClusterEntry[];
  readonly users: readonly UserEntry[];
  readonly contexts: readonly ContextEntry[];
  /** The context to use. */
  readonly current: string;
  /** Contexts through which nobody answers now. */
  readonly silent: readonly string[];
}

type ClusterEntry = Named & { readonly cluster: Fields };
type UserEntry = Named & { readonly user: Fields };
type ContextEntry = Named & { readonly context: Fields & { readonly cluster: string; readonly user: string } };

/** A control plane that clients may ask, where no endpoint stands for all of them. */
export interface Member {
  readonly name: string;
  /** https://host:port */
  readonly server: string;
  readonly answers: boolean;
}

/**
 * An administrator's entries with the cluster's own names in them, so that several fit into one file: context NAME, user NAME-admin. With several
 * members each has a context: NAME is the first of them, NAME@node2 another; the first that answers is to be used.
 * @param members none: what the kubeconfig names is the way to all
 */
export function ownEntries(adminKubeconfig: string, name: string, members: readonly Member[] = []): OwnEntries {
  const { clusters, users, contexts, ...rest } = parse(adminKubeconfig) as Lists;
  const context = contexts.find((entry) => entry.name === rest['current-context']) ?? contexts[0];
  const cluster = clusters.find((entry) => entry.name === context?.context.cluster);
  const user = users.find((entry) => entry.name === context?.context.user);
  if (context === undefined || cluster === undefined || user === undefined)
    throw new KinitError('The kubeconfig of the cluster has no usable context', { class: 'internal' });
  const admin = `${name}-admin`;
  const ways = members.map((member, index) => ({ ...member, name: index === 0 ? name : `${name}@${member.name}` }));
  const all = ways.length === 0 ? [{ name, server: undefined, answers: true }] : ways;
  return {
    clusters: all.map((way) => ({
      name: way.name,
      cluster: { ...cluster.cluster, ...defined({ server: way.server }) },
    })),
    users: [{ name: admin, user: user.user }],
    contexts: all.map((way) => ({ name: way.name, context: { ...context.context, cluster: way.name, user: admin } })),
    current: all.find(({ answers }) => answers)?.name ?? name,
    silent: all.filter(({ answers }) => !answers).map((way) => way.name),
  };
}

/** A kubeconfig of its own with these entries. Secret. */
export function kubeconfigOf({ clusters, users, contexts, current }: OwnEntries): string {
  return toYaml(
    { apiVersion: 'v1', kind: 'Config', clusters, users, contexts, 'current-context': current },
    { indentSeq: false },
  );
}

interface Lists {
  readonly clusters: readonly ClusterEntry[];
  readonly users: readonly UserEntry[];
  readonly contexts: readonly ContextEntry[];
  readonly 'current-context'?: string;
}
