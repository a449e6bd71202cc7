import { KUBE } from '../../artifacts/supplies/kubernetes.js';
import { datastoreOf, hasSeveral, joinsOthers, keptToOthers, memberOfSeveral } from '../../datastore/index.js';
import { SERVER_FILE } from '../../model/facts.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { balancerAddress } from '../../model/seams/node-endpoint.js';
import { file, service } from '../../resources/index.js';
import { sh, shellScript } from '../../shell/script.js';
import { apiServerCertificates } from '../api-server/certificates.js';
import { apiServerFiles, apiServerFolders } from '../api-server/files.js';
import type { ControlPlaneForm } from '../control-plane.js';
import { agentBalancer } from './balancer.js';
import { AGENT, BALANCER_FILE, BIN, PROGRAM, UNIT_FILE } from './places.js';
import { readBack } from './read-back.js';
import { serverConfiguration, serverRevision, serverUnit } from './server.js';
import { serverProgram } from './supply.js';
import { proxyTrial, serverTrials } from './trials.js';
import { waitForServer } from './wait.js';

const KEEP_TIME = shellScript('./keep-time.sh', import.meta.url);
const INCOMING = `${SERVER_FILE}.kinit-new`;

/** API server, controller manager, scheduler and the datastore in one process, a systemd service: for hosts with 1 CPU and 1 GB. */
export const embedded: ControlPlaneForm = {
  id: 'embedded',
  title: 'one process',
  words: ['kinit-server', 'kinit-agent'],
  describe: 'embedded: all of it in one process, for small hosts',
  ofKubeadm: false,
  datastoreAs: 'process',
  supply: serverProgram,
  replaces: [KUBE],
  limits: { cpu: { minimum: 1, recommended: 1 }, memory: { minimum: 900, recommended: 1000 } },
  certificates: apiServerCertificates,
  datastore: (context) => [
    ...datastoreOf(context.spec).resources(context),
    ...(isOneOfSeveral(context) ? [serverFile(context)] : []),
    ...memberOfSeveral(context, () => ({
      path: SERVER_FILE,
      content: serverConfiguration(context, true),
      unit: PROGRAM,
    })),
  ],
  // It comes up with the process, in which a member that joins others makes itself a full one (components/embedded/etcd.go).
  datastoreReady: () => Promise.resolve(),
  // It counts at its next start: nobody is without it for that.
  datastoreKept: (context) =>
    keptToOthers(context, () => ({
      path: SERVER_FILE,
      content: serverConfiguration(context, false, true),
      incoming: INCOMING,
      script: sh(KEEP_TIME, { args: [SERVER_FILE, INCOMING] }),
    })),
  apiServer: (context) => [
    ...apiServerFolders(),
    ...apiServerFiles(),
    // A host that joins others has got it when they had taken it.
    ...(joinsOthers(context) || isOneOfSeveral(context) ? [] : [serverFile(context)]),
    file({ path: UNIT_FILE, content: serverUnit(), mode: 0o644 }),
    service({
      name: PROGRAM,
      enabled: true,
      running: true,
      revision: serverRevision(context),
      files: [SERVER_FILE, UNIT_FILE, ...(datastoreOf(context.spec).startsFrom?.(context) ?? [])],
      // It is up when the API answers.
      startSeconds: context.spec.waits.apiServerSeconds,
    }),
  ],
  ready: waitForServer,
  controllers: () => [],
  // The service is up when they are (components/embedded/server.go).
  controllersReady: () => Promise.resolve(),
  // Its datastore is a part of it, of the same version in the programs of both (test/artifacts/build/datastores.test.ts).
  soak: { images: [], program: PROGRAM },
  trials: serverTrials,
  nodeAgent: {
    process: AGENT,
    command: (spec, proxyConfig) => {
      const balancer = balancerAddress(spec) === undefined ? '' : ` --balancer ${BALANCER_FILE}`;
      return `${BIN}/${AGENT} --proxy-config ${proxyConfig}${balancer} --`;
    },
    group: PROGRAM,
    links: [AGENT, 'kubelet'].map((name) => `${BIN}/${name}`),
    proxyTrial,
  },
  balancer: agentBalancer,
  leftovers: [],
  readBack,
  ports: [
    { port: 10257, owner: PROGRAM },
    { port: 10259, owner: PROGRAM },
  ],
  unit: PROGRAM,
  components: { apiServer: PROGRAM, others: [] },
  stopAndStart: () => ({
    stop: `systemctl disable ${PROGRAM} 2> /dev/null && timeout 120 systemctl stop ${PROGRAM}`,
    start: `systemctl enable ${PROGRAM} 2> /dev/null && timeout 330 systemctl start ${PROGRAM}`,
  }),
  restart: { short: `systemctl restart ${PROGRAM}`, long: `systemctl restart ${PROGRAM}` },
};

const serverFile = (context: PhaseContext): Resource =>
  file({ path: SERVER_FILE, content: serverConfiguration(context, false), mode: 0o600 });

/** Its file comes before the look at its member then: one whose data are lost begins with another one, which is not written over. */
function isOneOfSeveral(context: PhaseContext): boolean {
  const { members } = datastoreOf(context.spec);
  return members !== undefined && hasSeveral(context.spec) && members.begun(context.node.facts);
}
