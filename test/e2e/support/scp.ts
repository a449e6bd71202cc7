import { findLab, sshCommand } from '../../../src/lab/index.js';
import { runLocal } from '../../../src/ssh/local.js';
import type { LabHandle } from './kinit.js';

/** scp, as a person has it from there, between a file of a lab's host and one of this machine. */
export async function scp(
  cluster: LabHandle,
  host: string,
  { from, to, up = false }: { readonly from: string; readonly to: string; readonly up?: boolean },
): Promise<void> {
  const [, ...ssh] = sshCommand(await findLab(cluster.name), host);
  const at = ssh.at(-1) ?? '';
  await runLocal('scp', [...ssh.slice(0, -1), ...(up ? [from, `${at}:${to}`] : [`${at}:${from}`, to])], {
    timeoutSeconds: 60,
  });
}
