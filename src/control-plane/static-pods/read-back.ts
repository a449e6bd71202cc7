import { parse } from 'yaml';
import { list, text } from '../../cluster/api/json.js';
import { DATASTORES } from '../../datastore/index.js';
import { fromFlags, type Flags } from '../../model/text/flags.js';
import type { RunningControlPlane } from '../control-plane.js';

/** The flags and the version of static pods, from their manifests: kinit's and those of kubeadm look alike here. */
export function readBack(manifests: Readonly<Record<string, string>>): RunningControlPlane | undefined {
  const pods = new Map(Object.values(manifests).flatMap(podOf));
  const apiServer = pods.get('kube-apiserver');
  const controllerManager = pods.get('kube-controller-manager');
  const store = DATASTORES.map(({ id }) => pods.get(id)).find((pod) => pod !== undefined);
  if (apiServer === undefined && controllerManager === undefined && store === undefined) return undefined;
  const version = /:v(\d+\.\d+\.\d+)$/.exec(apiServer?.image ?? '')?.[1];
  return {
    ...(version === undefined ? {} : { version }),
    apiServer: apiServer?.flags ?? {},
    controllerManager: controllerManager?.flags ?? {},
    datastore: store?.flags ?? {},
  };
}

/** By its container's name. What cannot be read is no pod: the kubelet cannot read it either. */
function podOf(manifest: string): [string, { readonly image: string; readonly flags: Flags }][] {
  let pod: unknown;
  try {
    pod = parse(manifest);
  } catch {
    return [];
  }
  const container = list(pod, 'spec', 'containers')[0];
  const name = text(container, 'name');
  if (name === undefined) return [];
  const words = [...list(container, 'command'), ...list(container, 'args')];
  return [[name, { image: (text(container, 'image') ?? '').replace(/@sha256:.*/, ''), flags: fromFlags(words) }]];
}
