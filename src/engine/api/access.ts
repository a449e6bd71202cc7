import { openApi } from '../../cluster/api/client.js';
import type { ClusterApi } from '../../model/api.js';
import { KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { parseKubeconfig } from '../../pki/index.js';

/** kinit speaks to the API as kubeadm's first-boot user: it also creates the binding that admin.conf needs. */
export const SUPER_ADMIN_CONF = '/etc/kubernetes/super-admin.conf';
export const ADMIN_CONF = '/etc/kubernetes/admin.conf';

export interface ApiAccess {
  /** The API, opened at first use. Fails at once while the control plane is known not to run. */
  readonly api: () => Promise<ClusterApi>;
  /** Says that the control plane answers now. */
  markReady(): void;
  isReady(): boolean;
  close(): void;
}

/** @param kubeconfig text of a kubeconfig with administrator rights; @param ready whether an API server listens already */
export function apiAccess(
  leader: HostConnection,
  options: { address: string; port: number; kubeconfig: string; ready: boolean; signal: AbortSignal },
): ApiAccess {
  let ready = options.ready;
  let opened: ClusterApi | undefined;
  return {
    api: async () => {
      if (!ready) {
        throw new KinitError('the Kubernetes API does not run yet', {
          class: 'access',
          host: leader.host,
          hint: 'Run kinit init first.',
        });
      }
      opened ??= openWith(leader, options);
      return opened;
    },
    markReady: () => {
      ready = true;
    },
    isReady: () => ready,
    close: () => opened?.close(),
  };
}

function openWith(
  leader: HostConnection,
  { address, port, kubeconfig, signal }: { address: string; port: number; kubeconfig: string; signal: AbortSignal },
): ClusterApi {
  const { caPem, certPem, keyPem } = credentials(leader.host, kubeconfig);
  return openApi({ connectTcp: (to, at) => leader.connectTcp(to, at), address, port, caPem, certPem, keyPem, signal });
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
  });
}
