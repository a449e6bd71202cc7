import { KinitError } from '../../model/error.js';
import { quoteAll } from '../../shell/quote.js';
import type { Lab, LabHost } from '../types.js';

/** Words of a command that logs in to a host, or runs argv on it, with the lab's own key and known_hosts. */
export function sshCommand(lab: Lab, host: string, argv: readonly string[] = []): string[] {
  const { address } = findHost(lab, host);
  return [
    'ssh',
    // The user's own configuration must not send a lab's traffic elsewhere.
    '-F',
    'none',
    '-i',
    lab.identityFile,
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    `UserKnownHostsFile="${lab.knownHostsFile.replaceAll('%', '%%')}"`,
    '-o',
    'GlobalKnownHostsFile=none',
    '-o',
    'StrictHostKeyChecking=yes',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=10',
    '-o',
    'LogLevel=ERROR',
    `root@${address}`,
    // ssh joins its words with blanks for the remote shell, so the command travels as one quoted word list.
    ...(argv.length === 0 ? [] : ['--', quoteAll(argv)]),
  ];
}

/** By name or address; an error names the hosts there are. */
export function findHost(lab: Lab, host: string): LabHost {
  const found = lab.hosts.find(({ name, address }) => name === host || address === host);
  if (found !== undefined) return found;
  throw new KinitError(`Lab ${lab.name} has no host ${host}`, {
    class: 'usage',
    found: host,
    hint: `Its hosts are: ${lab.hosts.map(({ name }) => name).join(', ')}`,
  });
}
