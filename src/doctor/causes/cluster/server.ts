import { isMember, SERVER_FILE } from '../../../model/facts.js';
import { eachHost, said, type Cause } from '../../cause.js';
import type { HostEvidence } from '../../evidence.js';
import { FORM_UNITS, serverOn } from '../../read/form.js';
import { endedByItself, serverRuns } from '../../read/server.js';
import { stateOf, type Unit } from '../../read/units.js';

const UNITS = FORM_UNITS.join(', ');

export const serverDown: Cause = {
  name: 'server-down',
  title: 'The one process of the control plane does not run',
  symptom: `The connection to the server was refused; the journal of ${UNITS}: Error: kube-apiserver ended: ...`,
  sign: `The unit ${UNITS} of a control-plane host is not active, or systemd starts it again and again. The finding shows which part ended it and why, where its journal says so. A first start that still goes on is none.`,
  remedy: `\`journalctl -u ${UNITS} -e\` on the host: a line that begins with \`Error:\` names the part and the reason. What it is started with stands in ${SERVER_FILE}: \`kinit plan\` shows what differs from what kinit would write, \`kinit init\` writes it back. If somebody stopped it: \`systemctl enable --now ${UNITS}\`.`,
  rank: 53,
  find: eachHost((host, evidence) => {
    const server = serverOn(host);
    if (server === undefined) return undefined;
    if (server.stopped) return isMember(host.facts) ? stopped(host, server) : undefined;
    const state = endedByItself(host, server, evidence);
    if (state === undefined) return undefined;
    const { words } = serverRuns(host);
    return {
      found: `${state}${words === undefined ? '' : `: ${said(words)}`}`,
      next: `on ${host.host}: ${words === undefined ? `journalctl -u ${server.name} -e says why` : `mend that (journalctl -u ${server.name} -e has more)`}; then systemctl restart ${server.name}`,
      kinit: `; where it is what ${SERVER_FILE} says, kinit plan shows what differs from what kinit would write, and kinit init writes it back`,
    };
  }),
};

function stopped({ host }: HostEvidence, server: Unit): { readonly found: string; readonly next: string } {
  return { found: `${server.name} is ${stateOf(server)}`, next: `on ${host}: systemctl enable --now ${server.name}` };
}
