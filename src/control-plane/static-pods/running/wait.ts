import { lookAtApi, RELOAD_SECONDS } from '../../../cluster/waits/api.js';
import { type Look, waitUntil } from '../../../cluster/api/until.js';
import type { PhaseContext } from '../../../model/phase.js';
import type { Tools } from '../../../model/resource.js';
import { proof } from '../../../resources/index.js';
import { sh, shellScript } from '../../../shell/script.js';
import type { Manifest } from '../manifest.js';
import { isSettled, lacking, readRuns, type Runs } from './runs.js';
import { troubleshooter } from './trouble.js';

/** On all pods of the control plane (kubeadm: constants.ControlPlaneTier). */
const LABEL = 'tier=control-plane';
const script = shellScript('./observe.sh', import.meta.url);

/** Asked together with everything else: what runs now. */
export const runsProof = proof('control-plane-pods', sh(script, { args: [LABEL] }));

/** Where it says so. It makes its first roles a second after it has begun to serve, and has none to make again (k8s.io/kubernetes: PolicyData.EnsureRBACPolicy). */
const API = {
  ready: '/readyz',
  serving: '/readyz?exclude=poststarthook/rbac/bootstrap-roles',
} as const;

export interface RunsWait {
  /** For a sentence. */
  readonly what: string;
  readonly manifests: readonly Manifest[];
  /** What the API server says besides. Absent: it is not asked. */
  readonly api?: keyof typeof API;
  /** What runsProof printed, where nothing was changed since. */
  readonly first: string | undefined;
  /** Nothing is waited for where no pod of the control plane has been started yet, or there is no kubelet to start one. */
  readonly later?: boolean;
  /** What has to be done before it can be well; once it is done it is not asked again. */
  readonly before?: () => Promise<Look<undefined>>;
  /** Components that are of no use without these. */
  readonly dependents?: readonly string[];
}

/**
 * Waits until what runs on this host is what was written: a pod of each manifest's digest, with a container that is well and
 * stays (kubeadm: WaitForStaticPodHashChange, which sees the mirror pod only, and therefore only what the API server knows).
 * Where nothing was changed and all has run for a while, the first look says so and nothing more is asked of the host.
 */
export async function waitForRuns(
  { what, manifests, api, first, later = false, before, dependents = [] }: RunsWait,
  context: PhaseContext,
  tools: Tools,
): Promise<void> {
  const { host, progress, signal } = tools;
  const server = api === undefined ? undefined : await tools.api();
  const trouble = troubleshooter(manifests, dependents, context, tools);
  /** Containers that have said that they are well, by component. */
  const well = new Map<string, string>();
  const ask = async (asked: readonly Manifest[]): Promise<Runs> => {
    const args = asked.flatMap(({ name, health }) => [name, health.server, health.path]);
    return readRuns((await host.run(sh(script, { args: [LABEL, ...args] }), { timeoutSeconds: 90 })).stdout);
  };
  const early = first === undefined ? undefined : readRuns(first);
  const settled = early !== undefined && manifests.every((manifest) => isSettled(manifest, early.of(manifest.name)));
  const until = performance.now() + RELOAD_SECONDS * 1000;
  const mayReload = (): boolean => first === undefined && performance.now() < until;
  let prepared = before === undefined ? DONE : undefined;
  await waitUntil({
    what,
    timeoutSeconds: context.spec.waits.apiServerSeconds,
    intervalMs: api === undefined ? 400 : 200,
    progress,
    signal,
    tried: api === undefined ? manifests.map(({ path }) => path).join(', ') : `GET ${API[api]}`,
    look: async () => {
      const answers: Look<undefined> =
        server === undefined || api === undefined ? DONE : await lookAtApi(server, API[api], mayReload());
      if (!answers.done || settled) return answers;
      if (prepared?.done !== true) prepared = (await before?.()) ?? DONE;
      // One that only serves does not say yet that it is well. Who has said it is not asked again: a client takes a tenth of a second and more.
      const asked = prepared.done && api !== 'serving' ? manifests.filter(({ name }) => !well.has(name)) : [];
      const runs = await ask(asked);
      // What is not a member yet has not begun where its kubelet is slow, and nobody makes it one later.
      if (later && (!runs.kubelet || (!runs.any && prepared.done))) return DONE;
      if (runs.trouble !== undefined) return { done: false, missing: `the container runtime: ${runs.trouble}` };
      trouble.see(runs);
      if (!prepared.done) return prepared;
      const missing = manifests.flatMap((manifest) => {
        const run = runs.of(manifest.name);
        const isAnother = well.has(manifest.name) && well.get(manifest.name) !== run.container;
        if (isAnother) well.delete(manifest.name);
        const lacks = lacking(manifest, isAnother ? { ...run, healthy: false } : run);
        if (lacks === undefined && run.healthy === true) well.set(manifest.name, run.container);
        return lacks ?? [];
      });
      return missing.length === 0 ? DONE : { done: false, missing: missing.join('\n') };
    },
    hopeless: async () => trouble.hopeless(await ask([])),
    hint: `Look at the control plane on its host: crictl ps -a, crictl logs CONTAINER, journalctl -u kubelet.`,
  });
}

const DONE: Look<undefined> = { done: true, value: undefined };
