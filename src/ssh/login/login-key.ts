import type { AskSecret } from '../../model/secret.js';
import { openConfig } from '../config/index.js';
import { findRoute } from '../connect/route.js';
import { findIdentities, noIdentity } from '../keys/identities.js';
import { createKeyRing } from '../keys/key-ring.js';
import type { Access } from './access.js';

/** As whom kinit will log in to a host, and what the host has to know for that. */
export interface LoginKey {
  readonly user: string;
  /** A line of authorized_keys, without a comment. */
  readonly line: string;
}

/**
 * The first plain key that kinit offers to a host; nothing is connected to. A certificate needs more of the host than a line of
 * authorized_keys, so its key stands for it. Throws KinitError 'access' where there is no key.
 */
export async function loginKey(host: string, access: Access, ask?: AskSecret): Promise<LoginKey> {
  const route = await findRoute(host, access, openConfig(access.configFile));
  const hop = route.at(-1) ?? route[0];
  const identities = await findIdentities(hop, createKeyRing(ask));
  const key = identities.offered.find(({ publicKey }) => !publicKey.type.includes('-cert-'))?.publicKey;
  if (key === undefined) throw noIdentity(hop, identities);
  return { user: hop.user, line: `${key.type} ${key.getPublicSSH().toString('base64')}` };
}
