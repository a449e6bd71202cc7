import type { Phase, PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { digestOf } from '../../model/text/digest.js';
import { osOf } from '../../os/index.js';
import { file, service } from '../../resources/index.js';

export const time: Phase = {
  id: 'time',
  title: 'Clock kept in step (chrony)',
  appliesTo: (context) => wantsChrony(context) || wantsTimesyncd(context),
  resources: (context) => (wantsChrony(context) ? chrony(context) : timesyncd(context)),
};

/** Another time service that is active already does the job: two would fight over the clock. */
export function wantsChrony({ spec, node }: PhaseContext): boolean {
  return spec.timeSync === 'chrony' && node.facts.timeServices.every((name) => name.startsWith('chrony'));
}

function chrony({ spec, node }: PhaseContext): Resource[] {
  const family = osOf(node.facts);
  const lines = spec.timeServers.map((server) => `server ${server} iburst prefer\n`).join('');
  return withServers(node, spec.timeServers, family.timeSources(`${HEAD}${lines}`), family.services.time);
}

const TIMESYNCD = 'systemd-timesyncd';
const TIMESYNCD_FILE = '/etc/systemd/timesyncd.conf.d/kinit.conf';

/** It stays what keeps the time, and is told of the servers. */
function wantsTimesyncd({ spec, node }: PhaseContext): boolean {
  const { timeServices, past } = node.facts;
  const told = spec.timeServers.length > 0 || past?.recorded.includes(`file:${TIMESYNCD_FILE}`) === true;
  return spec.timeSync === 'chrony' && timeServices.length === 1 && timeServices[0] === TIMESYNCD && told;
}

function timesyncd({ spec, node }: PhaseContext): Resource[] {
  const lines = spec.timeServers.length === 0 ? '' : `[Time]\nNTP=${spec.timeServers.join(' ')}\n`;
  const servers = file({ path: TIMESYNCD_FILE, content: `${HEAD}${lines}`, mode: 0o644 });
  return withServers(node, spec.timeServers, servers, TIMESYNCD);
}

const HEAD = '# Written by kinit: timeServers of the inventory.\n';

/** What names the servers, where there are any or have been; a service started with others is restarted. */
function withServers(
  { facts }: PhaseContext['node'],
  names: readonly string[],
  servers: Resource,
  unit: string,
): Resource[] {
  const wanted = { name: unit, enabled: true, running: true };
  if (names.length === 0 && facts.past?.recorded.includes(servers.id) !== true) return [service(wanted)];
  return [servers, service({ ...wanted, revision: digestOf(...names) })];
}
