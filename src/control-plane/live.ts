import { DATASTORES } from '../datastore/index.js';
import { defined } from '../model/defined.js';
import type { ControlPlaneForm, RunningControlPlane } from './control-plane.js';

/** What a host shows of the control plane on it. */
export interface LiveControlPlane {
  /** Kubernetes version of its API server. */
  readonly version?: string;
  /** What the inventory's options were for it, by path, as far as they can be told. */
  readonly options: Readonly<Record<string, string>>;
  /** The address that it tells others. */
  readonly address?: string;
  /** Absolute paths that its API server is started with. */
  readonly files: readonly string[];
}

/** The control plane that runs on a host, whoever made it; undefined: none. */
export function liveControlPlane(
  forms: readonly ControlPlaneForm[],
  manifests: Readonly<Record<string, string>>,
): LiveControlPlane | undefined {
  for (const form of forms) {
    const running = form.readBack(manifests);
    if (running === undefined) continue;
    const { version, apiServer } = running;
    return {
      ...defined({ version, address: apiServer['advertise-address'] }),
      files: Object.values(apiServer).filter((value) => value.startsWith('/')),
      options: { controlPlane: form.id, ...optionsOf(running) },
    };
  }
  return undefined;
}

function optionsOf({
  apiServer,
  controllerManager,
  datastore,
  datastoreId,
}: RunningControlPlane): Record<string, string> {
  const domain = /^https:\/\/kubernetes\.default\.svc\.([^/:]+)$/.exec(apiServer['service-account-issuer'] ?? '')?.[1];
  return defined({
    'network.serviceCIDR': apiServer['service-cluster-ip-range'],
    'network.podCIDR': controllerManager['cluster-cidr'],
    'network.domain': domain,
    'apiServer.port': apiServer['secure-port'],
    datastore: datastoreId,
    ...DATASTORES.reduce((all, store) => ({ ...all, ...store.optionsOf(datastore, apiServer) }), {}),
  });
}
