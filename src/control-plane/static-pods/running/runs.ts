import { count, list, text } from '../../../cluster/api/json.js';
import { MANIFEST_DIGEST, type Manifest } from '../manifest.js';

/** What the container runtime shows of one component's newest pod. */
export interface Run {
  /** Of the manifest that it was made from; undefined where nothing of it runs, or somebody else wrote that manifest. */
  readonly digest: string | undefined;
  /** Of its pod, which is another one for another manifest. */
  readonly uid: string;
  /** none: no container was made yet, or none could be. */
  readonly state: 'running' | 'created' | 'ended' | 'none';
  /** Its newest container. */
  readonly container: string;
  /** How often it was started before, as the kubelet counts: on with what /var/log/pods has of an earlier pod of the same manifest. */
  readonly attempt: number;
  /** One of this pod has ended before it. */
  readonly again: boolean;
  /** Since that pod was made. */
  readonly podSeconds: number;
  /** Since that container was made. */
  readonly seconds: number;
  /** Undefined where it was not asked. */
  readonly healthy: boolean | undefined;
}

/** What observe.sh printed. */
export interface Runs {
  /** Seconds since 1970, by the host's clock. */
  readonly now: number;
  /** There is a kubelet that would start pods. */
  readonly kubelet: boolean;
  /** Any of these pods is there. */
  readonly any: boolean;
  /** Why the runtime could not be asked. */
  readonly trouble?: string;
  readonly of: (name: string) => Run;
}

/** The JSON is that of `crictl pods` and `crictl ps` (k8s.io/cri-api: PodSandbox, Container). */
export function readRuns(output: string): Runs {
  const [head = '', ...parts] = output.split(/^=== /m);
  const now = Number(/^now=(\d+)$/m.exec(head)?.[1] ?? 0);
  const kubelet = /^kubelet=(active|activating|reloading)$/m.test(head);
  const part = (name: string): string =>
    parts.find((each) => each.startsWith(`${name}\n`))?.slice(name.length + 1) ?? '';
  const pods = parsed(part('pods'));
  const containers = parsed(part('containers'));
  if (pods === undefined || containers === undefined) {
    const said = (pods === undefined ? part('pods') : part('containers')).trim();
    return { now, kubelet, any: false, trouble: said === '' ? 'it does not answer' : said, of: () => NOTHING };
  }
  const health = (name: string): boolean | undefined => {
    const found = parts.find((each) => each.startsWith(`health ${name} `));
    return found === undefined ? undefined : found.startsWith(`health ${name} ok`);
  };
  return {
    now,
    kubelet,
    any: list(pods, 'items').length > 0,
    of: (name) => {
      const pod = newest(list(pods, 'items').filter((each) => text(each, 'labels', 'component') === name));
      if (pod === undefined) return NOTHING;
      const all = list(containers, 'containers').filter(
        (each) =>
          text(each, 'podSandboxId') === text(pod, 'id') &&
          text(each, 'labels', 'io.kubernetes.container.name') === name,
      );
      const container = newest(all);
      return {
        digest: text(pod, 'annotations', MANIFEST_DIGEST),
        uid: text(pod, 'metadata', 'uid') ?? '',
        state: stateOf(container),
        container: text(container, 'id') ?? '',
        podSeconds: now - made(pod) / 1e9,
        attempt: count(container, 'metadata', 'attempt'),
        // The kubelet keeps the last one that ended.
        again: all.length > 1,
        seconds: container === undefined ? 0 : now - made(container) / 1e9,
        healthy: health(name),
      };
    },
  };
}

const NOTHING: Run = {
  digest: undefined,
  uid: '',
  state: 'none',
  container: '',
  attempt: 0,
  again: false,
  podSeconds: 0,
  seconds: 0,
  healthy: undefined,
};

/** Seconds after which a container that was started again counts as one that stays. */
const STAYS_UP = 5;
/** Seconds after which one that nobody asked whether it is well counts as one that stays: most crash loops end sooner. */
const LONG_UP = 30;

/** Whether it needs no word more: it runs from this manifest, and has done so for a while. */
export function isSettled({ digest }: Manifest, run: Run): boolean {
  return run.digest === digest && run.state === 'running' && run.seconds >= LONG_UP;
}

/** What is missing until a component runs as it was written; undefined when nothing is. */
export function lacking({ name, digest }: Manifest, run: Run): string | undefined {
  if (run.uid === '') return `${name} has no pod yet`;
  if (run.digest !== digest) return `what runs of ${name} is not from the manifest that was written`;
  if (run.state === 'ended')
    return `${name} has ended${run.again ? `, and was started again ${times(run.attempt)}` : ''}`;
  if (run.state !== 'running') return `${name} is being started`;
  if (run.healthy === false) return `${name} runs and does not say yet that it is well`;
  if (run.again && run.seconds < STAYS_UP) return `${name} has just been started again`;
  return undefined;
}

const times = (number: number): string => (number === 1 ? 'once' : `${String(number)} times`);

/** Undefined for what is no JSON: then it is what the runtime's client complained of. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function newest(items: readonly unknown[]): unknown {
  return [...items].sort((a, b) => made(b) - made(a))[0];
}

/** Nanoseconds since 1970. */
const made = (item: unknown): number => Number(text(item, 'createdAt') ?? 0);

function stateOf(container: unknown): Run['state'] {
  switch (text(container, 'state')) {
    case 'CONTAINER_RUNNING':
      return 'running';
    case 'CONTAINER_CREATED':
      return 'created';
    case undefined:
      return 'none';
    default:
      return 'ended';
  }
}
