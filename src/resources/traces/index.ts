import { undoOf, type Resource, type ResourceKind } from '../../model/resource.js';
import { sha256Hex } from '../../model/text/digest.js';
import { parseList } from '../../shell/output.js';
import { sh, shellScript, type ShellScript } from '../../shell/script.js';
import { STATE_DIR } from '../../shell/state.js';

/** What a cluster leaves on a host, by name. */
export interface Traces {
  /** Id of the container runtime its pods run in. */
  readonly runtime: string;
  /** Network links that a cluster makes. */
  readonly cniInterfaces: readonly string[];
  /** nftables tables that a cluster makes, as nft lists them: 'ip kube-proxy'. */
  readonly tables: readonly string[];
  /** What the names of its iptables chains begin with: 'KUBE' for KUBE-SERVICES. */
  readonly chains: readonly string[];
  /** Files and folders that a cluster makes; what was there or in them before is kept. */
  readonly paths: readonly string[];
  /** Addresses that move between the hosts of the cluster. */
  readonly addresses?: readonly string[];
  /** Routes into it through other hosts are the pod network's. */
  readonly podCIDR?: string;
}

export interface TracesResource extends Resource, Traces {
  readonly kind: 'traces';
}

/** What a container runtime answers about its pods. */
export interface RuntimeTraces {
  /** Stops and removes all pods; says what it could not, and ends with code 1. */
  readonly stopPods: ShellScript;
  /** Shell patterns of what the runtime mounts for pods. */
  readonly mounts: readonly string[];
}

export interface TracesSeen {
  /** Digests of what is noted already. */
  readonly noted: readonly string[];
}

const MARKER = `${STATE_DIR}/traces`;

/**
 * What a running cluster leaves on a host that no other resource owns: pods, mounts, links, rules, routes, folders.
 * Nothing is done now; what counts is the undo: reset runs it before all others (journal.ts), while the runtime still
 * answers. Another runtime, network or pod range is noted beside what was noted before: both have left something.
 */
export function traces(options: Traces): TracesResource {
  return { kind: 'traces', id: 'traces', ...options };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const MARK = shellScript('./mark.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);
const STOP = shellScript('./stop.sh', import.meta.url);

/** sh text that ends the kubelet and all pods of a runtime that goes while its node stays. Says what it could not, and ends with code 1. */
export function stopRuntime({ stopPods, mounts }: RuntimeTraces, stateDir: string = STATE_DIR): string {
  return sh(STOP, {
    args: [stateDir, ...mounts.map((pattern) => `mount=${pattern}`)],
    env: { STOP_PODS: sh(stopPods) },
  });
}

/** @param runtimeNamed the registry of container runtimes, by id */
export function tracesKind(runtimeNamed: (id: string) => RuntimeTraces): ResourceKind<TracesResource, TracesSeen> {
  return {
    kind: 'traces',
    describe: {
      change:
        'Nothing yet: notes links, rules, mounts, folders and kernel settings that are there before a cluster runs',
      undone:
        'Stops the kubelet, also for the next boot, and removes all pods; unmounts what the kubelet and containerd mounted; removes their control groups, network links, the virtual address of the API, packet filter rules, ipsets, virtual servers, routes and folders; sets back kernel settings that kube-proxy changed',
    },
    observe: () => sh(OBSERVE, { args: [MARKER] }),
    parse: (_r, output) => ({ noted: parseList(output, 'noted') }),
    diff: (r, { noted }) =>
      noted.includes(digestOf(r))
        ? { changed: false, reason: 'reset knows what to clean up' }
        : {
            changed: true,
            change: {
              action: noted.length === 0 ? 'create' : 'update',
              summary: 'note what a cluster will leave behind, for reset',
              reason: noted.length === 0 ? 'not noted yet' : 'it leaves other things than noted so far',
            },
          },
    apply: (r) => [{ do: 'script', script: sh(MARK, { args: [MARKER, digestOf(r)] }) }],
    undo: undoOf({
      version: 1,
      record: (r: TracesResource) => ({
        as: { kind: 'traces', id: `traces:${digestOf(r)}` },
        save: sh(SAVE, { args: [r.podCIDR ?? '', ...linksOf(r), ...pathsOf(r)] }),
        data: dataOf(r),
      }),
      restore: (data) => {
        const { stopPods, mounts } = runtimeNamed(data.runtime);
        const rules = [
          ...data.tables.map((name) => `table=${name}`),
          ...data.chains.map((prefix) => `chain=${prefix}`),
          ...(data.addresses ?? []).map((address) => `address=${address}`),
        ];
        const patterns = mounts.map((pattern) => `mount=${pattern}`);
        return sh(RESTORE, {
          args: [MARKER, data.podCIDR ?? '', ...linksOf(data), ...rules, ...pathsOf(data), ...patterns],
          env: { STOP_PODS: sh(stopPods) },
        });
      },
    }),
  };
}

const linksOf = ({ cniInterfaces }: Traces): readonly string[] => cniInterfaces.map((name) => `link=${name}`);
const pathsOf = ({ paths }: Traces): readonly string[] => paths.map((path) => `path=${path}`);

function dataOf({ kind: _kind, id: _id, ...data }: TracesResource): Traces {
  return data;
}

/** A digest of all of it, under which it is noted once. */
function digestOf(r: TracesResource): string {
  return sha256Hex(JSON.stringify(dataOf(r))).slice(0, 8);
}
