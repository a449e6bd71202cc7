import { parse, stringify } from 'yaml';
import { KinitError } from '../../model/error.js';

interface Named {
  readonly name: string;
}

interface Kubeconfig {
  readonly clusters: readonly (Named & { readonly cluster: unknown })[];
  readonly users: readonly (Named & { readonly user: unknown })[];
  readonly contexts: readonly (Named & {
    readonly context: { readonly cluster: string; readonly user: string; readonly [field: string]: unknown };
  })[];
  readonly 'current-context'?: string;
  readonly [field: string]: unknown;
}

/** An administrator's kubeconfig with the cluster's own names in it, so that several fit into one file: context NAME, user NAME-admin. */
export function nameKubeconfig(text: string, name: string): string {
  const { clusters, users, contexts, ...rest } = read(text, 'the kubeconfig of the cluster');
  const context = contexts.find((entry) => entry.name === rest['current-context']) ?? contexts[0];
  const cluster = clusters.find((entry) => entry.name === context?.context.cluster);
  const user = users.find((entry) => entry.name === context?.context.user);
  if (context === undefined || cluster === undefined || user === undefined)
    throw new KinitError('The kubeconfig of the cluster has no usable context', { class: 'internal' });
  const admin = `${name}-admin`;
  return stringify({
    ...rest,
    clusters: [{ ...cluster, name }],
    users: [{ ...user, name: admin }],
    contexts: [{ name, context: { ...context.context, cluster: name, user: admin } }],
    'current-context': name,
  });
}

/**
 * `ours` put into `theirs`: entries of the same name are replaced, all others stay, and ours becomes current.
 * @throws KinitError usage, where `theirs` (from `file`) is no kubeconfig: it is then left alone.
 */
export function mergeKubeconfigs(theirs: string, ours: string, file: string): string {
  if (theirs.trim() === '') return ours;
  const old = read(theirs, file);
  const added = read(ours, 'the kubeconfig of the cluster');
  return stringify({
    ...old,
    clusters: replaceNamed(old.clusters, added.clusters),
    users: replaceNamed(old.users, added.users),
    contexts: replaceNamed(old.contexts, added.contexts),
    'current-context': added['current-context'],
  });
}

function replaceNamed<T extends Named>(old: readonly T[], added: readonly T[]): T[] {
  return [...old.filter(({ name }) => !added.some((entry) => entry.name === name)), ...added];
}

function read(text: string, what: string): Kubeconfig {
  const value = parseYaml(text);
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    (value as { kind?: unknown }).kind !== 'Config'
  ) {
    throw new KinitError(`${what} is not a kubeconfig`, {
      class: 'usage',
      hint: 'Nothing was written. Use --out FILE for a file of its own.',
    });
  }
  const config = value as Partial<Kubeconfig>;
  return { ...config, clusters: config.clusters ?? [], users: config.users ?? [], contexts: config.contexts ?? [] };
}

/** The parser's own message is not passed on: it quotes lines, and these may be secret. */
function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
