import { isMember } from '../../../model/facts.js';
import { eachHost, type Cause } from '../../cause.js';
import type { HostEvidence } from '../../evidence.js';
import { kubeletSaid } from '../../read/logs.js';
import { kubeletFlag } from '../../read/settings.js';

/** What the API server's node authorizer tells a kubelet that asks for another node than its certificate is for. */
const REFUSED = /cannot read '([^']+)', only its own Node object/;

export const renamed: Cause = {
  name: 'renamed',
  title: 'A node was given another host name',
  symptom:
    "kubelet: Unable to register node with API server, nodes \"other\" is forbidden: node 'node2' cannot read 'other', only its own Node object; the node is NotReady though its kubelet runs",
  sign: 'The host name is not the name of the node, and the kubelet has no --hostname-override; or the API refuses a kubelet what is about a node of another name.',
  remedy:
    '`kinit init` puts the name back and restarts the kubelet. By hand: `hostnamectl set-hostname NODE && systemctl restart kubelet`. Where cloud-init names the host, name it there too (`hostname:`), or set `preserve_hostname: true`.',
  rank: 26,
  find: eachHost((host) => {
    if (!isMember(host.facts)) return undefined;
    const mend = {
      next: `on ${host.host}: hostnamectl set-hostname ${host.host} && systemctl restart kubelet`,
      kinit: '; kinit init does both',
    };
    const other = REFUSED.exec(kubeletSaid(host, REFUSED) ?? '')?.[1];
    if (other !== undefined && other !== host.host)
      return { found: `its kubelet was started under the name ${other}, and the API refuses it`, ...mend };
    if (!takesHostName(host) || host.facts.hostname === '' || host.facts.hostname === host.host) return undefined;
    return { found: `the host name is ${host.facts.hostname}: its kubelet takes that at its next start`, ...mend };
  }),
};

/** Without a name of its own a kubelet has the machine's. */
function takesHostName(host: HostEvidence): boolean {
  return kubeletFlag(host, 'hostname-override') === undefined;
}
