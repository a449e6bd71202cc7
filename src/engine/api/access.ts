import { isIPv6 } from 'node:net';
import { openApi } from '../../cluster/api/client.js';
import { UnusableKubeconfig } from '../../cluster/api/errors.js';
import { startProxy } from '../../cluster/api/proxy.js';
import type { ClusterApi } from '../../model/api.js';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { readFiles } from '../../facts/index.js';
import type { HostFacts } from '../../model/facts.js';
import type { HostConnection } from '../../model/host.js';
import type { LoadedInventory } from '../../model/spec.js';
import { parseKubeconfig } from '../../pki/index.js';
import { nodeAddress } from '../../facts/index.js';
import { apiPort } from './port.js';
import { controlPlanesOf } from '../session/leader.js';
import type { LiveHost } from '../session/session.js';

/** kinit speaks to the API as kubeadm's first-boot user: it also creates the binding that admin.conf needs. */
export const SUPER_ADMIN_CONF = '/etc/kubernetes/super-admin.conf';
export const ADMIN_CONF = '/etc/kubernetes/admin.conf';

/** The API of the cluster in hand. */
export interface ClusterAccess {
  /** Opened at first use. Fails at once, as unreachable 'cluster', while the control plane is known not to run. */
  readonly api: () => Promise<ClusterApi>;
  /** Says that the control plane runs now. */
  markOpen(): void;
  isOpen(): boolean;
  close(): void;
}

/** A control-plane host that the API may be reached through. */
export interface Gateway {
  readonly connection: HostConnection;
  /** The address of its API server, as this host reaches it. */
  readonly address: string;
  /**
   * A kubeconfig with administrator rights: its path, where it is used on the host and its key stays there, or how its text
   * (secret) is come by when the API is first asked.
   */
  readonly kubeconfig: string | (() => Promise<string>);
}

/**
 * The API through a control-plane host.
 * @param open whether an API server listens already
 */
export function clusterAccess(gateway: Gateway, { open, ...way }: Way & { readonly open: boolean }): ClusterAccess {
  let isOpen = open;
  let opened: Promise<ClusterApi> | undefined;
  return {
    api: async () => {
      if (!isOpen) {
        throw new KinitError('the Kubernetes API does not run yet', {
          class: 'access',
          unreachable: 'cluster',
          host: gateway.connection.host,
          hint: 'Run kinit init first.',
        });
      }
      opened ??= openThrough(gateway, way).catch((thrown: unknown) => {
        opened = undefined;
        throw thrown;
      });
      return opened;
    },
    markOpen: () => {
      isOpen = true;
    },
    isOpen: () => isOpen,
    close: () => {
      opened?.then(
        (api) => {
          api.close();
        },
        () => undefined,
      );
    },
  };
}

export interface AccessOptions {
  readonly inventory: LoadedInventory;
  readonly signal: AbortSignal;
  /** What only looks leaves the administrator's key where it is, at the price of a process on the host. */
  readonly mayReadKeys: boolean;
  /** Bound on one request. Default: the client's own. */
  readonly timeoutSeconds?: number;
  /** Told where an API server keeps whoever asks it waiting. */
  readonly emit?: Emit;
}

/**
 * The API with the administrator's credentials that lie on the hosts; undefined where none do.
 * @param open whether an API server listens there
 */
export function accessThrough(
  hosts: readonly LiveHost[],
  { inventory, mayReadKeys, signal, timeoutSeconds, emit }: AccessOptions,
  open = true,
): ClusterAccess | undefined {
  const bounds = { signal, ...defined({ timeoutSeconds, emit }) };
  for (const host of controlPlanesOf(hosts)) {
    const gateway = gatewayOf(host, mayReadKeys);
    if (gateway !== undefined) return clusterAccess(gateway, { ...bounds, port: apiPort(host, inventory.spec), open });
  }
  return undefined;
}

type Way = Pick<AccessOptions, 'signal' | 'timeoutSeconds' | 'emit'> & { readonly port: number };

/** undefined for a host without an administrator's kubeconfig. */
function gatewayOf({ spec, facts, connection }: LiveHost, mayReadKeys: boolean): Gateway | undefined {
  const path = adminKubeconfigOn(facts);
  if (path === undefined) return undefined;
  const kubeconfig = mayReadKeys ? () => readFile(connection, path) : path;
  return { connection, address: nodeAddress(spec, facts), kubeconfig };
}

/** Path of the kubeconfig on a host that has the most rights; undefined where there is none. */
export function adminKubeconfigOn({ kubernetes: { pki } }: HostFacts): string | undefined {
  return [SUPER_ADMIN_CONF, ADMIN_CONF].find((path) => pki[path] !== undefined);
}

/** A file of a host with the secrets in it; '' where there is none. */
export async function readFile(connection: HostConnection, path: string): Promise<string> {
  return (await readFiles(connection, [path]))[path] ?? '';
}

async function openThrough(
  { connection, address, kubeconfig }: Gateway,
  { port, emit, ...way }: Way,
): Promise<ClusterApi> {
  const { host } = connection;
  const onSilence = (server: string): void =>
    emit?.({ type: 'progress', host, text: `the API server at ${server} gives no answer; asking once more` });
  const bounds = { ...way, onSilence };
  if (typeof kubeconfig === 'string') {
    const server = `https://${isIPv6(address) ? `[${address}]` : address}:${String(port)}`;
    const proxy = await startProxy(connection, { kubeconfig, server });
    const api = openApi({ host, connect: proxy.connect, address, port, ...bounds });
    const close = (): void => {
      api.close();
      proxy.close();
    };
    return { ...api, close };
  }
  const { caPem, certPem, keyPem } = credentials(host, await kubeconfig());
  return openApi({
    host,
    connectTcp: (to, at) => connection.connectTcp(to, at),
    address,
    port,
    caPem,
    certPem,
    keyPem,
    ...bounds,
  });
}

function credentials(host: string, kubeconfig: string): { caPem: string; certPem: string; keyPem: string } {
  const { caPem, certPem, keyPem } = parseKubeconfig(kubeconfig) ?? {};
  if (caPem !== undefined && certPem !== undefined && keyPem !== undefined) return { caPem, certPem, keyPem };
  throw new KinitError('the administrator kubeconfig on this host cannot be used', {
    class: 'access',
    host,
    tried: `reading ${SUPER_ADMIN_CONF} and ${ADMIN_CONF}`,
    found: 'no CA, client certificate and client key in it',
    hint: 'Restore it from a backup, or make it anew there: kubeadm init phase kubeconfig admin',
    cause: new UnusableKubeconfig('no CA, client certificate and client key in it'),
  });
}
