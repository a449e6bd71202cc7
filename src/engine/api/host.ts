import { ADMIN_CONF, apiAccess, SUPER_ADMIN_CONF, type ApiAccess } from './access.js';
import { toNode } from '../context.js';
import type { LiveHost, SessionOptions } from '../session/session.js';

/**
 * The API through a control-plane host, with the administrator's credentials that lie on it; undefined where none do.
 * @param ready whether an API server listens there already
 */
export function hostApi(
  leader: LiveHost,
  { inventory, signal }: Pick<SessionOptions, 'inventory' | 'signal'>,
  ready = true,
): ApiAccess | undefined {
  const { pki } = leader.facts.kubernetes;
  const kubeconfig = pki[SUPER_ADMIN_CONF] ?? pki[ADMIN_CONF];
  if (kubeconfig === undefined) return undefined;
  return apiAccess(leader.connection, {
    address: toNode(leader).address,
    port: inventory.spec.apiServer.port,
    kubeconfig,
    ready,
    signal,
  });
}
