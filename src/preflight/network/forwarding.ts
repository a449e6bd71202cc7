import { asKinitError, unreachable, type KinitError } from '../../model/error.js';
import type { HostConnection } from '../../model/host.js';
import { mapLimit } from '../../model/limit.js';
import type { Node } from '../../model/phase.js';
import type { Spec } from '../../model/spec.js';
import type { Check } from '../check.js';

/**
 * Opens a stream through SSH to where the API server of each control-plane host listens, or will. Whether something listens
 * there is no matter. Gives the hosts where sshd does not allow it, with the reason.
 */
export async function tryForwarding(
  connections: ReadonlyMap<string, HostConnection>,
  nodes: readonly Node[],
  { apiServer, parallel }: Spec,
): Promise<ReadonlyMap<string, KinitError>> {
  const refused = new Map<string, KinitError>();
  await mapLimit(
    nodes.filter(({ isControlPlane }) => isControlPlane),
    parallel,
    async ({ spec, address }) => {
      try {
        const stream = await connections.get(spec.name)?.connectTcp(address, apiServer.port);
        stream?.destroy();
      } catch (thrown) {
        if (unreachable(thrown) === undefined) refused.set(spec.name, asKinitError(thrown));
      }
    },
  );
  return refused;
}

/** kinit speaks to the API through its SSH connection: without this everything would be installed, and then nothing work. */
export const forwardingCheck: Check = ({ spec, isControlPlane }, { forwarding }) => {
  if (!isControlPlane || forwarding === undefined) return [];
  const base = { name: 'ssh-forwarding', title: 'TCP forwarding through SSH', minimum: 'allowed to the API server' };
  const error = forwarding.get(spec.name);
  if (error === undefined) return [{ ...base, status: 'ok', found: 'allowed' }];
  const { found, hint } = error.context;
  return [
    {
      ...base,
      status: 'error',
      found: found === undefined ? error.message : `${error.message}: ${found}`,
      hint: hint ?? 'kinit reaches the Kubernetes API through SSH: allow TCP forwarding in /etc/ssh/sshd_config there.',
    },
  ];
};
