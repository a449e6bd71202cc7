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

export interface RunsWait {
  /** For a sentence. */
  readonly what: string;
  readonly manifests: readonly Manifest[];
  /** The API answers besides. */
  readonly api: boolean;
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
  const server = api ? await tools.api() : undefined;
  const trouble = troubleshooter(manifests, dependents, context, tools);
  const health = manifests.flatMap(({ name, health }) => [name, health.server, health.path]);
  const ask = async (asked: readonly string[]): Promise<Runs> =>
    readRuns((await host.run(sh(script, { args: [LABEL, ...asked] }), { timeoutSeconds: 90 })).stdout);
  const early = first === undefined ? undefined : readRuns(first);
  const settled = early !== undefined && manifests.every((manifest) => isSettled(manifest, early.of(manifest.name)));
  const until = performance.now() + RELOAD_SECONDS * 1000;
  const mayReload = (): boolean => first === undefined && performance.now() < until;
  let prepared = before === undefined ? DONE : undefined;
  await waitUntil({
    what,
    timeoutSeconds: context.spec.waits.apiServerSeconds,
    intervalMs: api ? 200 : 400,
    progress,
    signal,
    tried: api ? 'GET /readyz' : manifests.map(({ path }) => path).join(', '),
    look: async () => {
      const answers: Look<undefined> = server === undefined ? DONE : await lookAtApi(server, '/readyz', mayReload());
      if (!answers.done || settled) return answers;
      if (prepared?.done !== true) prepared = (await before?.()) ?? DONE;
      const runs = await ask(prepared.done ? health : []);
      // What is not a member yet has not begun where its kubelet is slow, and nobody makes it one later.
      if (later && (!runs.kubelet || (!runs.any && prepared.done))) return DONE;
      if (runs.trouble !== undefined) return { done: false, missing: `the container runtime: ${runs.trouble}` };
      trouble.see(runs);
      if (!prepared.done) return prepared;
      const missing = manifests.flatMap((manifest) => lacking(manifest, runs.of(manifest.name)) ?? []);
      return missing.length === 0 ? DONE : { done: false, missing: missing.join('\n') };
    },
    hopeless: async () => trouble.hopeless(await ask([])),
    hint: `Look at the control plane on its host: crictl ps -a, crictl logs CONTAINER, journalctl -u kubelet.`,
  });
}

const DONE: Look<undefined> = { done: true, value: undefined };
