import type { Resource, ResourceKind } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';

/** Where the kubelet of a node asks the API. */
export interface KubeletServerResource extends Resource {
  readonly kind: 'kubeletServer';
  /** Its kubeconfig. */
  readonly path: string;
  /** https://host:port */
  readonly url: string;
  readonly caFile: string;
  /** URLs of the API servers that it leads to. */
  readonly members: readonly string[];
}

/** A kubelet that asks another address is led to this one once that answers, and started again. One that has no kubeconfig yet gets it with the address. */
export function kubeletServer(options: Omit<KubeletServerResource, 'kind' | 'id'>): KubeletServerResource {
  return { kind: 'kubeletServer', id: `kubeletServer:${options.path}`, ...options };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const MOVE = shellScript('./move.sh', import.meta.url);

export const kubeletServerKind: ResourceKind<KubeletServerResource, string> = {
  kind: 'kubeletServer',
  describe: {
    change: 'Leads the kubelet to the API through the load balancer on its own host',
    undone: 'Its kubeconfig is deleted with the folder',
  },
  observe: ({ path }) => sh(OBSERVE, { args: [path] }),
  parse: (_resource, output) => parseFields(output).get('server') ?? '',
  diff: ({ path, url }, seen) =>
    seen === '' || seen === url
      ? { changed: false, reason: seen === '' ? `there is no ${path} yet` : `the kubelet asks ${url}` }
      : {
          changed: true,
          change: { action: 'update', summary: `lead the kubelet to ${url}`, reason: `it asks ${seen}` },
        },
  apply: ({ path, url, caFile, members }) => [
    {
      do: 'script',
      script: sh(MOVE, { args: [path, url, new URL(url).hostname, caFile, ...members] }),
      silenceSeconds: 180,
    },
  ],
};
