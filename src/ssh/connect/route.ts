import { isIP } from 'node:net';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { expandHome } from '../../model/text/home.js';
import { unbracketed } from '../../model/text/address.js';
import type { SecretSource } from '../../model/secret.js';
import type { Access, Proof } from '../login/access.js';
import type { ConfigSettings, Lookup } from '../config/index.js';
import { localNames } from '../config/index.js';

/** One sshd on the way to a host, or the host itself; every question is answered. */
export interface Hop {
  /** As errors call it: the name of the host, or 'the bastion <address>'. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** How it stands in known_hosts instead of by its address and port. */
  readonly hostKeyAlias?: string;
  /** Files of the kind known_hosts; a new key is written into the first. */
  readonly knownHostsFiles: readonly [string, ...string[]];
  /** Where keys are; those the inventory names must be there. */
  readonly identityFiles: readonly string[];
  readonly identityRequired: boolean;
  /** Certificates for keys, besides those that lie beside the identity files. */
  readonly certificateFiles: readonly string[];
  /** Nothing but the identity files is offered. */
  readonly identitiesOnly: boolean;
  /** Path of the SSH agent's socket; absent: there is none, or it must not be used. */
  readonly agent?: string;
  readonly passphrase?: SecretSource;
  readonly password?: SecretSource;
}

/** Bastions first, the host last. */
export type Route = readonly [...Hop[], Hop];

/** ssh itself goes no deeper. */
const MAX_HOPS = 8;
/** Who does not say otherwise in the inventory means this file, and what the configuration says goes before it. */
const DEFAULT_KNOWN_HOSTS = '~/.ssh/known_hosts';

type Destination = Proof & { readonly address: string };

/** The way to a host. The inventory goes before the configuration, which goes before the defaults. */
export async function findRoute(host: string, access: Access, lookup: Lookup): Promise<Route> {
  const { hop, config } = await resolve(host, access, 'root', access.knownHostsFile, lookup);
  if (access.bastions === undefined) refuseProxyCommand(host, config);
  const jumps = access.bastions ?? config.proxyJump.map((text) => parseJump(host, text));
  return [...(await bastions(host, access.knownHostsFile, jumps, lookup, 0)), hop];
}

/** Each bastion, with what the configuration says must come before the first of them. */
async function bastions(
  host: string,
  knownHostsFile: string,
  jumps: readonly Destination[],
  lookup: Lookup,
  depth: number,
): Promise<Hop[]> {
  const hops: Hop[] = [];
  for (const [index, jump] of jumps.entries()) {
    const name = `the bastion ${jump.address}`;
    const { hop, config } = await resolve(name, jump, localNames().user, knownHostsFile, lookup);
    if (index === 0 && depth < MAX_HOPS) {
      refuseProxyCommand(hop.name, config);
      hops.push(
        ...(await bastions(
          host,
          knownHostsFile,
          config.proxyJump.map((text) => parseJump(host, text)),
          lookup,
          depth + 1,
        )),
      );
    }
    hops.push(hop);
  }
  if (hops.length <= MAX_HOPS) return hops;
  throw new KinitError(`the way to ${host} goes through more than ${String(MAX_HOPS)} bastions`, {
    class: 'access',
    host,
    found: hops.map(({ address }) => address).join(', '),
    hint: 'Look for a ProxyJump that leads back to itself (ssh -G HOST shows it).',
  });
}

async function resolve(
  name: string,
  given: Destination,
  defaultUser: string,
  knownHostsFile: string,
  lookup: Lookup,
): Promise<{ hop: Hop; config: ConfigSettings }> {
  const { address, user, port, identityFile, passphrase, password } = given;
  const config = await lookup(address, {
    ...defined({ user, port }),
    defaultUser,
  });
  const agent = config.identityAgent ?? process.env['SSH_AUTH_SOCK'] ?? '';
  const hop: Hop = {
    name,
    address: unbracketed(config.hostName),
    port: config.port ?? 22,
    user: config.user ?? defaultUser,
    ...defined({ hostKeyAlias: config.hostKeyAlias }),
    knownHostsFiles: knownHosts(knownHostsFile, config),
    identityFiles: identityFile === undefined ? config.identityFiles : [identityFile],
    identityRequired: identityFile !== undefined,
    certificateFiles: identityFile === undefined ? config.certificateFiles : [],
    identitiesOnly: identityFile !== undefined || config.identitiesOnly,
    ...(agent === '' || agent === 'none' ? {} : { agent }),
    ...defined({ passphrase, password }),
  };
  return { hop, config };
}

function knownHosts(inventorys: string, { knownHostsFiles = [] }: ConfigSettings): readonly [string, ...string[]] {
  const [first, ...more] = knownHostsFiles;
  const unsaid = expandHome(inventorys) === expandHome(DEFAULT_KNOWN_HOSTS);
  return unsaid && first !== undefined ? [first, ...more] : [inventorys];
}

/** '[user@]host[:port]', also as ssh://; an IPv6 address with a port stands in brackets. */
export function parseJump(host: string, text: string): Destination {
  const match = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^@[\]]+?))(?::(\d+))?\/?$/.exec(text);
  const plain = isIP(text.replace(/^.*@/, '')) === 6 ? text.replace(/^.*@/, '') : undefined;
  const address = plain ?? match?.[2] ?? match?.[3];
  if (match === null || address === undefined)
    throw new KinitError(`ProxyJump of ${host} makes no sense`, {
      class: 'access',
      host,
      found: text,
      hint: 'It is [user@]host[:port], several with commas.',
    });
  const port = plain === undefined ? match[4] : undefined;
  return {
    address,
    ...(match[1] === undefined ? {} : { user: match[1] }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** Going there directly would be another way than the one that was asked for. */
function refuseProxyCommand(name: string, { proxyCommand }: ConfigSettings): void {
  if (proxyCommand === undefined) return;
  throw new KinitError(`${name} has a ProxyCommand in the SSH configuration, which kinit cannot use`, {
    class: 'access',
    found: proxyCommand,
    hint: 'Use ProxyJump there, or ssh.bastions in the inventory. An empty list (ssh.bastions: []) goes there directly.',
  });
}
