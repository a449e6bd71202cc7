import { KUBE } from '../../artifacts/supplies/kubernetes.js';
import type { Look } from '../../cluster/api/until.js';
import { datastoreOf, hasSeveral, joinsOthers, keptToOthers, memberOfSeveral, runsAs } from '../../datastore/index.js';
import { isMember } from '../../model/facts.js';
import { isControlPlane } from '../../model/spec.js';
import type { ComponentPod } from '../../model/seams/component-pod.js';
import type { Trial } from '../../model/seams/trial.js';
import type { PhaseContext, Proofs } from '../../model/phase.js';
import type { Resource, Tools } from '../../model/resource.js';
import { defined } from '../../model/defined.js';
import { directory, file } from '../../resources/index.js';
import { sh, shellScript } from '../../shell/script.js';
import { apiServerCertificates } from '../api-server/certificates.js';
import { apiServerFiles, apiServerFolders } from '../api-server/files.js';
import type { ControlPlaneForm } from '../control-plane.js';
import { staticPodExchange, staticPodFile, staticPodReplacement } from '../static-pod-file.js';
import { memberTrial, partTrial } from '../trials.js';
import { staticPodBalancer } from './balancer/index.js';
import { NAME as BALANCER } from './balancer/places.js';
import { caFolders } from './ca-folders.js';
import { doubledManifests, foreignManifests } from './leftovers.js';
import { manifestOf, type Manifest } from './manifest.js';
import { apiServerPod, controllerManagerPod, schedulerPod } from './manifests.js';
import { readBack } from './read-back.js';
import { runsProof, waitForRuns } from './running/wait.js';
import { staticPodImages } from './supply.js';

const STOP = shellScript('./stop.sh', import.meta.url);
const START = shellScript('./start.sh', import.meta.url);

const COMPONENTS = { apiServer: 'kube-apiserver', others: ['kube-controller-manager', 'kube-scheduler'] };
/** The datastore is not: not every version of it goes back. */
const AHEAD = [COMPONENTS.apiServer, ...COMPONENTS.others];

/** One static pod a component, the datastore among them, in kubeadm's layout: the stock kubeadm renews and upgrades it. */
export const staticPods: ControlPlaneForm = {
  id: 'static-pods',
  title: 'static pods',
  words: ['static-pod', 'static pod', 'staticPod', 'haproxy'],
  describe: 'static pods, in the layout of kubeadm',
  ofKubeadm: true,
  datastoreAs: 'pod',
  supply: staticPodImages,
  certificates: apiServerCertificates,
  datastore: (context) => [
    ...datastoreOf(context.spec).resources(context),
    // One that joins others gets it when they have taken it.
    ...(joinsOthers(context) ? [] : datastoreManifests(context).map(writtenDatastore(context))),
    ...datastorePods(context, true).flatMap((pod) => memberOfSeveral(context, () => manifestOf(pod))),
    runsProof,
  ],
  datastoreReady: async (context, tools, changes, proofs) => {
    const joins = joinsOthers(context);
    if (!joins && !isMember(context.node.facts)) return;
    const manifests = datastoreManifests(context);
    if (manifests.length === 0) return;
    const what = `${datastoreOf(context.spec).title} to run as it was written`;
    const dependents = [apiServerPod(context).name];
    const before = changes > 0 ? promotion(context, tools) : undefined;
    const wait = {
      what,
      manifests,
      dependents,
      first: runs(proofs),
      later: !joins,
      ...defined({ before }),
    };
    await waitForRuns(wait, context, tools);
  },
  datastoreKept: (context) =>
    keptManifests(context).flatMap(({ name, path, content }) =>
      keptToOthers(context, () => {
        const change = othersDecide(context) ? staticPodExchange(name, context.node) : staticPodReplacement(name);
        return { path, content, ...change };
      }),
    ),
  datastoreKeptReady: async (context, tools) => {
    const manifests = [...keptManifests(context), manifestOf(apiServerPod(context))];
    const what = `${datastoreOf(context.spec).title} to run as it was written, and the API server to answer`;
    await waitForRuns({ what, manifests, api: 'ready', first: undefined }, context, tools);
  },
  apiServer: (context) => [
    ...apiServerFolders(),
    ...caFolders(context.node.facts).map((path) => directory({ path, mode: 0o755, keepExisting: true })),
    ...apiServerFiles(),
    written(context)(manifestOf(apiServerPod(context))),
  ],
  readBack,
  ready: async (context, tools, proofs) => {
    const manifests = serverManifests(context);
    const what = 'the API server to answer';
    const before = promotion(context, tools);
    const api = begins(context) ? 'serving' : 'ready';
    await waitForRuns({ what, manifests, api, first: runs(proofs), ...defined({ before }) }, context, tools);
  },
  controllers: (context) => controllerManifests(context).map(written(context)),
  controllersReady: async (context, tools, proofs) => {
    if (begins(context)) return;
    const manifests = controllerManifests(context);
    const what = 'the controller manager and the scheduler to run as they were written';
    await waitForRuns({ what, manifests, first: runs(proofs) }, context, tools);
  },
  settled: async (context, tools) => {
    if (!begins(context)) return;
    const manifests = [...serverManifests(context), ...controllerManifests(context)];
    const what = 'the control plane to run as it was written';
    await waitForRuns({ what, manifests, api: 'ready', first: undefined }, context, tools);
  },
  soak: { images: AHEAD, program: KUBE, asked: AHEAD },
  trials: (context) => [
    ...datastorePods(context, joinsOthers(context)).map(({ name, flags }) =>
      memberTrial(name, `${datastoreOf(context.spec).id}.extraArgs`, flags),
    ),
    trialOf('apiServer', apiServerPod(context)),
    trialOf('controllerManager', controllerManagerPod(context)),
    trialOf('scheduler', schedulerPod(context)),
  ],
  balancer: staticPodBalancer,
  leftovers: [foreignManifests, doubledManifests],
  ports: [
    { port: 10257, owner: 'kube-controller-manager' },
    { port: 10259, owner: 'kube-scheduler' },
  ],
  components: COMPONENTS,
  // The datastore last: an API server that is ended while it is away takes its time.
  stopAndStart: (spec) => ({
    stop: sh(STOP, { args: [...COMPONENTS.others, COMPONENTS.apiServer, datastoreOf(spec).id, BALANCER] }),
    start: sh(START),
  }),
  restart: {
    short: 'restart the static pods',
    long: 'restart the static pods (move their manifests away and back)',
  },
};

/**
 * What makes the datastore of a host that joins others a full member, also where an earlier run was cut before that; until then its
 * API server waits for it. Undefined where there are no others.
 */
function promotion(context: PhaseContext, tools: Tools): (() => Promise<Look<undefined>>) | undefined {
  const { members } = datastoreOf(context.spec);
  if (!hasSeveral(context.spec) || members === undefined) return undefined;
  if (!joinsOthers(context) && !members.cameLater(context.node.facts)) return undefined;
  return () => members.settled(context, tools);
}

/** Of this host: none where it is elsewhere. @param joins it is added to others @param kept it began the cluster, and has others */
function datastorePods(context: PhaseContext, joins: boolean, kept = false): ComponentPod[] {
  const pod = runsAs(context.spec, 'pod');
  return pod === undefined ? [] : [pod(context, joins, kept)];
}

const keptManifests = (context: PhaseContext): Manifest[] => datastorePods(context, false, true).map(manifestOf);

const datastoreManifests = (context: PhaseContext): Manifest[] =>
  datastorePods(context, joinsOthers(context)).map(manifestOf);

/**
 * Whether the cluster begins here: nothing depends on its API server yet. Then the controller manager and the scheduler, whose pods take
 * a second or more to be made, are written as soon as it serves, and the cluster's first objects while they come up.
 */
const begins = (context: PhaseContext): boolean =>
  !joinsOthers(context) && context.node === context.leader && !isMember(context.node.facts);

const serverManifests = (context: PhaseContext): Manifest[] => [
  ...datastoreManifests(context),
  manifestOf(apiServerPod(context)),
];

const controllerManifests = (context: PhaseContext): Manifest[] => [
  manifestOf(controllerManagerPod(context)),
  manifestOf(schedulerPod(context)),
];

/** @param section of the inventory */
const trialOf = (section: string, { name, flags }: ComponentPod): Trial =>
  partTrial(name, `${section}.extraArgs`, flags);

/** The kubelet takes it up by itself. */
const written =
  ({ node }: PhaseContext) =>
  ({ name, content }: Manifest): Resource =>
    staticPodFile(name, content, node);

/**
 * Whether the datastore goes on without the member of a host. Where it does not, as of one or two, its manifest is not exchanged: with that away, the kubelet
 * would ask an API server that has lost its datastore for the pod's mirror, in the loop in which it looks after all pods (kubelet:
 * HandlePodCleanups), and start no other member for minutes.
 */
const othersDecide = ({ spec }: PhaseContext): boolean => spec.hosts.filter(isControlPlane).length > 2;

const writtenDatastore = (context: PhaseContext): ((manifest: Manifest) => Resource) =>
  othersDecide(context) ? written(context) : ({ path, content }) => file({ path, content, mode: 0o600 });

const runs = (proofs: Proofs): string | undefined => proofs.get(runsProof.id);
