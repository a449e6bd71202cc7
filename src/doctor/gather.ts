import { askSections } from '../facts/index.js';
import { defined } from '../model/defined.js';
import { asKinitError, unreachable } from '../model/error.js';
import { redact } from '../model/text/redact/index.js';
import type { ClusterApi } from '../model/api.js';
import type { HostConnection } from '../model/host.js';
import type { ClusterEvidence, Evidence, HostEvidence } from './evidence.js';
import { gatherCluster } from './gather-cluster.js';
import { gatherHost, type HostQuestion } from './gather-host.js';
import { probeFrom } from './probes.js';
import { TUNNELS_LATER } from './sections.js';

/** A host that answers. */
export interface Patient extends HostQuestion {
  readonly connection: HostConnection;
}

export interface GatherOptions {
  readonly patients: readonly Patient[];
  readonly lost: Evidence['lost'];
  readonly inventory: readonly string[];
  readonly apiPort: number;
  /** DNS domain of the cluster. */
  readonly domain: string;
  /** Opens the cluster's API; throws where there is none. */
  readonly api: () => Promise<ClusterApi>;
}

/** The API gets so long for all answers together; a control plane in trouble may hang. */
const API_MS = 15_000;

/** Everything hosts and API show, hosts side by side: one round trip a host, the probes, and one set of API requests. Never throws. */
export async function gatherEvidence({
  patients,
  lost,
  inventory,
  apiPort,
  domain,
  api,
}: GatherOptions): Promise<Evidence> {
  const takenAt = new Date().toISOString();
  const silent: Evidence['lost'][number][] = [];
  const [hosts, asked] = await Promise.all([
    Promise.all(patients.map((patient) => askHost(patient, silent))),
    askCluster(api),
  ]);
  const seen = hosts.filter((host) => host !== undefined);
  const cluster = 'cluster' in asked ? asked.cluster : undefined;
  const probed = await Promise.all(
    seen.map(async (host): Promise<HostEvidence> => {
      const connection = patients.find((patient) => patient.connection.host === host.host)?.connection;
      return connection === undefined
        ? host
        : { ...host, probes: await probeFrom(connection, host, { hosts: seen, apiPort, domain, cluster }) };
    }),
  );
  const withTunnels = await Promise.all(probed.map((host) => lookAgain(host, probed, patients)));
  return { takenAt, hosts: withTunnels, lost: [...lost, ...silent], inventory, apiPort, ...asked };
}

/** A host that was not answered for in the pod network is asked whether packets came in at least. */
async function lookAgain(
  host: HostEvidence,
  all: readonly HostEvidence[],
  patients: readonly Patient[],
): Promise<HostEvidence> {
  const isSilent = all.some(({ probes }) =>
    probes.some(({ purpose, to, outcome }) => purpose === 'overlay' && to === host.host && outcome === 'silent'),
  );
  const connection = patients.find((patient) => patient.connection.host === host.host)?.connection;
  if (!isSilent || connection === undefined) return host;
  try {
    const asked = await askSections(connection, [TUNNELS_LATER], { what: 'look at tunnels again', timeoutSeconds: 30 });
    const [later] = TUNNELS_LATER;
    return { ...host, text: { ...host.text, [later]: asked.answers.get(later) ?? '' } };
  } catch {
    return host;
  }
}

async function askHost(
  { connection, ...question }: Patient,
  silent: Evidence['lost'][number][],
): Promise<HostEvidence | undefined> {
  try {
    return await gatherHost(connection, question);
  } catch (thrown) {
    silent.push({ host: connection.host, reason: redact(asKinitError(thrown).message) });
    return undefined;
  }
}

async function askCluster(
  api: () => Promise<ClusterApi>,
): Promise<{ readonly cluster: ClusterEvidence } | Pick<Evidence, 'apiTrouble' | 'apiWay'>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Pick<Evidence, 'apiTrouble'>>((resolve) => {
    timer = setTimeout(() => resolve({ apiTrouble: `no answer within ${API_MS / 1000} s` }), API_MS);
  });
  const answer = api()
    .then(gatherCluster)
    .then(
      (cluster) => ({ cluster }),
      (thrown: unknown) => {
        const { message, context } = asKinitError(thrown);
        return {
          apiTrouble: redact(context.found === undefined ? message : `${message}: ${context.found}`),
          ...(unreachable(thrown) === undefined ? defined({ apiWay: context.hint }) : {}),
        };
      },
    );
  const result = await Promise.race([answer, late]);
  clearTimeout(timer);
  return result;
}
