import { isIP } from 'node:net';
import { answersHere } from '../../cluster/api/answers.js';
import { listNodes } from '../../cluster/node/status.js';
import type { ClusterApi } from '../../model/api.js';
import type { Spec } from '../../model/spec.js';
import { hostPort, unbracketed } from '../../model/text/address.js';
import { parseKubeconfig } from '../../pki/index.js';

/** A control plane, as clients outside of the cluster reach it. */
export interface ApiMember {
  readonly name: string;
  /** https://host:port */
  readonly server: string;
  /** To this machine, now. */
  readonly answers: boolean;
}

/**
 * The control planes of a cluster without an endpoint for all of them, in the inventory's order: what administrators' kubeconfigs on the hosts name is
 * one of them alone. None where there is such an endpoint, or one control plane.
 * @param admin text of an administrator's kubeconfig
 */
export async function apiMembers(
  api: ClusterApi,
  admin: string,
  { apiServer, hosts }: Pick<Spec, 'apiServer' | 'hosts'>,
  answers: typeof answersHere = answersHere,
): Promise<readonly ApiMember[]> {
  const { server: named = '', caPem = '' } = parseKubeconfig(admin) ?? {};
  const { endpoint, virtualAddress } = apiServer;
  // A name is nobody's own.
  if ((endpoint ?? virtualAddress) !== undefined || isIP(unbracketed(new URL(named).hostname)) === 0) return [];
  const place = (name: string): number => {
    const at = hosts.findIndex((host) => host.name === name);
    return at === -1 ? hosts.length : at;
  };
  const members = (await listNodes(api))
    .filter(({ roles, internalAddress }) => roles.includes('control-plane') && internalAddress !== '')
    .sort((a, b) => place(a.name) - place(b.name));
  if (members.length < 2) return [];
  return Promise.all(
    members.map(async ({ name, internalAddress }) => {
      const server = `https://${hostPort(internalAddress, apiServer.port)}`;
      return { name, server, answers: await answers(server, caPem) };
    }),
  );
}
