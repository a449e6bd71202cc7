import { forgetInRecord, recordInCluster } from '../../cluster/record/forget.js';
import { controlPlaneOn } from '../../control-plane/index.js';
import { datastoreOf, type CareMember } from '../../datastore/index.js';
import { nodeAddress } from '../../facts/index.js';
import { defined } from '../../model/defined.js';
import { asKinitError, KinitError } from '../../model/error.js';
import type { Emit } from '../../model/event.js';
import { isMember } from '../../model/facts.js';
import { RECORD, type ClusterRecord } from '../../model/record.js';
import { isControlPlane, type HostSpec, type Spec } from '../../model/spec.js';
import { hostPort, unbracketed } from '../../model/text/address.js';
import { lastLines } from '../../model/text/last-lines.js';
import type { ClusterAccess } from '../api/access.js';
import { hasBalancer } from '../guard/balancer.js';
import { controlPlanesOf } from '../session/leader.js';
import type { LiveHost, LostHost } from '../session/session.js';

/** Control planes that leave a cluster which goes on without them. */
export interface Departure {
  readonly spec: Spec;
  readonly leaving: readonly CareMember[];
  /** Those that stay and answer; the fittest first. */
  readonly staying: readonly LiveHost[];
}

/**
 * What leaves a cluster that goes on; undefined where no control plane leaves, or all do. @throws KinitError where the others may run
 * the cluster and do not answer: without them nothing can be taken out of it
 */
export function departure(
  spec: Spec,
  chosen: ReadonlySet<string>,
  live: readonly LiveHost[],
  lost: readonly LostHost[],
): Departure | undefined {
  const going = spec.hosts.filter((host) => isControlPlane(host) && chosen.has(host.name));
  const [first] = going;
  const staying = controlPlanesOf(live).filter((host) => !chosen.has(host.spec.name) && hasControlPlane(host));
  if (first === undefined) return undefined;
  const silent = controlPlanesOf(lost).filter((host) => !chosen.has(host.spec.name));
  if (staying.length > 0) {
    const addresses = new Map(live.map((host) => [host.spec.name, nodeAddress(host.spec, host.facts)]));
    return { spec, leaving: going.map((host) => ({ name: host.name, address: addressOf(host, addresses) })), staying };
  }
  const members = live.filter((host) => going.includes(host.spec) && hasControlPlane(host));
  if (silent.length === 0 || members.length === 0) return undefined;
  const names = silent.map(({ spec: { name } }) => name).join(', ');
  throw new KinitError(`${first.name} cannot be taken out of its cluster while no other control plane answers`, {
    class: 'access',
    host: first.name,
    found: silent.map(({ spec: { name }, error }) => `${name}: ${error.message}`).join('\n'),
    hint: `Mend ${names} first. To give the whole cluster back: kinit reset without a name.`,
  });
}

function hasControlPlane({ facts }: LiveHost): boolean {
  return isMember(facts) && controlPlaneOn(facts.kubernetes.manifests) !== undefined;
}

function addressOf({ name, internalAddress, address }: HostSpec, live: ReadonlyMap<string, string>): string {
  return live.get(name) ?? internalAddress ?? address;
}

/** How control planes leave. */
export interface Leave {
  /** Names of those whose part of the datastore does not answer: they go first. */
  readonly silent: readonly string[];
  /** The endpoint of the cluster was the address of one that leaves, and becomes that of one that stays. */
  readonly endpoint?: MovedEndpoint;
}

interface MovedEndpoint {
  /** Name of the host whose address it was. */
  readonly was: string;
  readonly becomes: string;
}

/** Before anything is touched. @throws KinitError refused, where the cluster would not live on without them */
export async function mayLeave(departing: Departure, access: ClusterAccess | undefined): Promise<Leave> {
  const { leaving, staying } = departing;
  const [through] = staying as [LiveHost, ...LiveHost[]];
  const names = leaving.map(({ name }) => name).join(', ');
  const record = access === undefined ? undefined : await recordInCluster(await access.api(), through.spec.name);
  const endpoint = record === undefined ? undefined : endpointWithout(leaving, through, record);
  const silent = await askMembers('check', departing, leaving, `${names} cannot leave; nothing was changed`);
  return { silent, ...defined({ endpoint }) };
}

/**
 * Where nodes reach the API through a balancer of their own, an endpoint that kinit chose is for clients outside, and becomes another control plane's address;
 * undefined where it can stay. @throws KinitError refused
 */
function endpointWithout(
  leaving: readonly CareMember[],
  through: LiveHost,
  record: ClusterRecord,
): MovedEndpoint | undefined {
  const given = record.options['apiServer.endpoint'] ?? undefined;
  const endpoint = given ?? record.decisions['endpoint'];
  if (typeof endpoint !== 'string') return undefined;
  const port = endpoint.lastIndexOf(':');
  const needed = leaving.find(({ address }) => address === unbracketed(endpoint.slice(0, port)));
  if (needed === undefined) return undefined;
  if (given === undefined && hasBalancer(record))
    return {
      was: needed.name,
      becomes: hostPort(nodeAddress(through.spec, through.facts), Number(endpoint.slice(port + 1))),
    };
  throw new KinitError(
    `${needed.name} cannot leave: ${given === undefined ? 'nodes reach the API at its address' : 'its address was given as apiServer.endpoint'}; nothing was changed`,
    {
      class: 'refused',
      host: needed.name,
      found: `the endpoint of the cluster is ${endpoint}`,
      hint:
        given === undefined
          ? 'Set apiServer.balancer: local and run kinit init: every node then reaches all API servers through a balancer of its own, and any of them can leave. A host that is replaced under its name and address is brought back by kinit init.'
          : 'A cluster that shall do without any of its hosts is made with an apiServer.endpoint or apiServer.virtualAddress of its own, or with neither. A host that is replaced under its name and address is brought back by kinit init.',
    },
  );
}

/** Takes the datastore's member of one of them out. @throws KinitError where the others would not go on */
export async function leaveDatastore(departing: Departure, name: string): Promise<void> {
  const mine = departing.leaving.filter((member) => member.name === name);
  await askMembers('remove', departing, mine, `${name} could not be taken out of the datastore`);
}

async function askMembers(
  what: 'check' | 'remove',
  { spec, staying }: Departure,
  leaving: readonly CareMember[],
  message: string,
): Promise<readonly string[]> {
  const { members, title } = datastoreOf(spec);
  const [through] = staying;
  if (members === undefined || through === undefined || leaving.length === 0) return [];
  const stay = staying.map(
    (host): CareMember => ({ name: host.spec.name, address: nodeAddress(host.spec, host.facts) }),
  );
  const { script, read } = members.leave(what, leaving, stay);
  const { code, stdout, stderr } = await through.connection.run(script, {
    timeoutSeconds: 300,
    ...(what === 'remove' ? { change: `take a member out of ${title}` } : {}),
  });
  if (code === 0) return read(stdout);
  throw new KinitError(message, {
    class: what === 'check' ? 'refused' : 'change',
    host: leaving[0]?.name ?? through.spec.name,
    tried: `asking the members of ${title} on ${staying.map(({ spec: { name } }) => name).join(', ')}`,
    found: lastLines(stderr.trim(), 4).replace(/^Error: /gm, '') || `exit code ${String(code)}`,
    hint: 'Mend the members that do not answer first (kinit doctor), or take those out that are gone for good. To give the whole cluster back: kinit reset without a name.',
  });
}

/** Takes a host that has left out of the cluster's record, and out of its copies. What could not be done is told: the next init does it. */
export async function forgetMember(
  name: string,
  { staying }: Departure,
  { access, emit, endpoint }: { access: ClusterAccess | undefined; emit: Emit; endpoint: MovedEndpoint | undefined },
): Promise<void> {
  const becomes = endpoint?.was === name ? endpoint.becomes : undefined;
  try {
    const api = await access?.api();
    const copy = api === undefined ? undefined : await forgetInRecord(api, name, becomes);
    if (copy === undefined) return;
    await Promise.all(
      staying.map(({ connection }) =>
        connection.upload([{ path: RECORD.path, content: { bytes: Buffer.from(copy, 'utf8') }, mode: 0o600 }]),
      ),
    );
    if (becomes !== undefined)
      emit({
        type: 'warning',
        text: `the endpoint of the cluster was the address of ${name}, and is ${becomes} now: take ${name} out of the inventory, run kinit init, and fetch kubeconfigs anew (kinit kubeconfig)`,
      });
  } catch (thrown) {
    emit({
      type: 'warning',
      host: name,
      text: `the record of the cluster still has it (${asKinitError(thrown).message}); run kinit reset ${name} again once the API answers`,
    });
  }
}
