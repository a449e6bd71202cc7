import { parse } from 'yaml';
import { z } from 'zod';
import { defined } from '../model/defined.js';
import { toYaml } from '../model/text/yaml.js';

export type KubeconfigUser =
  | { readonly certPem: string; readonly keyPem: string }
  /** Paths on the host that reads the kubeconfig. */
  | { readonly certFile: string; readonly keyFile: string }
  | { readonly token: string };

export interface KubeconfigView {
  readonly clusterName: string;
  /** https://host:port */
  readonly server: string;
  readonly caPem: string;
  readonly userName: string;
  readonly user: KubeconfigUser;
}

/** A kubeconfig with one cluster, user and context, as kubeadm writes it. Secret when it holds a key or a token. */
export function kubeconfig(view: KubeconfigView): string {
  const context = `${view.userName}@${view.clusterName}`;
  return toYaml(
    {
      apiVersion: 'v1',
      clusters: [
        { cluster: { 'certificate-authority-data': base64(view.caPem), server: view.server }, name: view.clusterName },
      ],
      contexts: [{ context: { cluster: view.clusterName, user: view.userName }, name: context }],
      'current-context': context,
      kind: 'Config',
      users: [{ name: view.userName, user: credentials(view.user) }],
    },
    { indentSeq: false },
  );
}

/** What the current context of a kubeconfig says; absent fields were not there. */
export interface ParsedKubeconfig {
  readonly clusterName: string;
  readonly userName: string;
  readonly server: string;
  readonly caPem?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly certFile?: string;
  readonly token?: string;
}

/** undefined when the text is no kubeconfig with a usable current context. */
export function parseKubeconfig(text: string): ParsedKubeconfig | undefined {
  const config = kubeconfigSchema.safeParse(tryYaml(text)).data;
  const context = config?.contexts.find((item) => item.name === config['current-context'])?.context;
  const cluster = config?.clusters.find((item) => item.name === context?.cluster)?.cluster;
  const user = config?.users.find((item) => item.name === context?.user)?.user;
  if (context === undefined || cluster === undefined || user === undefined) return undefined;
  const ca = cluster['certificate-authority-data'];
  const cert = user['client-certificate-data'];
  const key = user['client-key-data'];
  const certFile = user['client-certificate'];
  return {
    clusterName: context.cluster,
    userName: context.user,
    server: cluster.server,
    ...(ca === undefined ? {} : { caPem: unbase64(ca) }),
    ...(cert === undefined ? {} : { certPem: unbase64(cert) }),
    ...(key === undefined ? {} : { keyPem: unbase64(key) }),
    ...defined({ certFile, token: user.token }),
  };
}

const optionalText = z.string().optional();
const kubeconfigSchema = z.object({
  'current-context': z.string(),
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({ server: z.string(), 'certificate-authority-data': optionalText }),
    }),
  ),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  users: z.array(
    z.object({
      name: z.string(),
      user: z.object({
        'client-certificate-data': optionalText,
        'client-key-data': optionalText,
        'client-certificate': optionalText,
        token: optionalText,
      }),
    }),
  ),
});

function credentials(user: KubeconfigUser): Record<string, string> {
  if ('token' in user) return { token: user.token };
  if ('certFile' in user) return { 'client-certificate': user.certFile, 'client-key': user.keyFile };
  return { 'client-certificate-data': base64(user.certPem), 'client-key-data': base64(user.keyPem) };
}

function tryYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const unbase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
