import type { Resource, ResourceKind } from '../../model/resource.js';
import { sh, shellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';

export interface TracesResource extends Resource {
  readonly kind: 'traces';
  /** sh text of the container runtime that stops and removes all pods; it says what it could not, and ends with code 1. */
  readonly stopPods: string;
  /** Shell patterns of what the runtime mounts for pods. */
  readonly mounts: readonly string[];
  /** Network links that a cluster makes. */
  readonly cniInterfaces: readonly string[];
  /** nftables tables that a cluster makes, as nft lists them: 'ip kube-proxy'. */
  readonly tables: readonly string[];
  /** What the names of its iptables chains begin with: 'KUBE' for KUBE-SERVICES. */
  readonly chains: readonly string[];
  /** Files and folders that a cluster makes; what was there or in them before is kept. */
  readonly paths: readonly string[];
  /** Routes into it through other hosts are the pod network's. */
  readonly podCIDR: string | undefined;
}

const MARKER = `${STATE_DIR}/traces`;

/**
 * What a running cluster leaves on a host that no other resource owns: pods, mounts, links, rules, routes, folders.
 * Nothing is done now; what counts is the undo: reset runs it before all others (journal.ts), while the runtime still answers.
 */
export function traces(options: {
  readonly stopPods: string;
  readonly mounts: readonly string[];
  readonly cniInterfaces: readonly string[];
  readonly tables: readonly string[];
  readonly chains: readonly string[];
  readonly paths: readonly string[];
  readonly podCIDR?: string;
}): TracesResource {
  return {
    kind: 'traces',
    id: 'traces',
    stopPods: options.stopPods,
    mounts: options.mounts,
    cniInterfaces: options.cniInterfaces,
    tables: options.tables,
    chains: options.chains,
    paths: options.paths,
    podCIDR: options.podCIDR,
  };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const MARK = shellScript('./mark.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const tracesKind: ResourceKind<TracesResource, { readonly marked: boolean }> = {
  kind: 'traces',
  describe: {
    change: 'Nothing yet: notes links, rules, mounts, folders and kernel settings that are there before a cluster runs',
    undone:
      'Stops the kubelet and removes all pods; unmounts what the kubelet and containerd mounted; removes their control groups, network links, packet filter rules, ipsets, virtual servers, routes and folders; sets back kernel settings that kube-proxy changed',
  },
  observe: () => sh(OBSERVE, { args: [MARKER] }),
  parse: (_r, output) => ({ marked: output.trim() === 'marked' }),
  diff: (_r, seen) =>
    seen.marked
      ? { changed: false, reason: 'reset knows what to clean up' }
      : {
          changed: true,
          change: {
            action: 'create',
            summary: 'note what a cluster will leave behind, for reset',
            reason: 'not noted yet',
          },
        },
  apply: () => [{ do: 'script', script: sh(MARK, { args: [MARKER] }) }],
  undo: (r) => {
    const links = r.cniInterfaces.map((name) => `link=${name}`);
    const rules = [...r.tables.map((name) => `table=${name}`), ...r.chains.map((prefix) => `chain=${prefix}`)];
    const paths = r.paths.map((path) => `path=${path}`);
    const mounts = r.mounts.map((pattern) => `mount=${pattern}`);
    const pods = r.podCIDR ?? '';
    return {
      save: sh(SAVE, { args: [pods, ...links, ...paths] }),
      restore: sh(RESTORE, {
        args: [MARKER, pods, ...links, ...rules, ...paths, ...mounts],
        env: { STOP_PODS: r.stopPods },
      }),
    };
  },
};
