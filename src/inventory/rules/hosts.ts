import { isIP, isIPv4 } from 'node:net';
import { FORMS, withDatastore } from '../../control-plane/index.js';
import { DATASTORES, datastoreOf, goesWith, type Datastore } from '../../datastore/index.js';
import { type HostSpec, isControlPlane, type Spec } from '../../model/spec.js';
import { canonicalAddress } from '../../model/text/cidr.js';
import type { Finding } from '../problem.js';
import { duplicates, isAddress } from './names.js';
import type { Rule } from './rule.js';

export const hostRules: readonly Rule[] = [
  { reads: [], check: namesUnique },
  { reads: [], check: namesUsable },
  { reads: [], check: addressesUsable },
  { reads: ['hosts.ssh', 'ssh.port', 'ssh.bastions'], check: addressesUnique },
  { reads: ['hosts.internalAddress'], check: internalAddressesUnique },
  { reads: ['hosts.internalAddress'], check: internalAddressesUsable },
  { reads: ['hosts.roles'], check: rolesUnique },
  { reads: ['hosts.roles', 'controlPlane', 'datastore'], check: controlPlanes },
];

function namesUnique({ hosts }: Spec): Finding[] {
  return duplicates(hosts.map((host) => host.name)).map(({ index, first }) => ({
    path: ['hosts', index, 'name'],
    message: `hosts[${String(first)}] has this name already; names must be unique`,
  }));
}

/** 'localhost' as a host name would send everything that asks for it to one machine's network address. */
function namesUsable({ hosts }: Spec): Finding[] {
  return hosts.flatMap((host, index) =>
    host.name === 'localhost'
      ? [{ path: ['hosts', index, 'name'], message: 'every machine has this name; give the node one of its own' }]
      : [],
  );
}

function addressesUsable({ hosts }: Spec): Finding[] {
  return hosts.flatMap((host, index) => {
    // A Host of an OpenSSH configuration may have an underscore, and so do names in some local DNS.
    if (isAddress(host.address.replaceAll('_', '-'))) return [];
    const user = /^[^@\s]+@/.test(host.address) ? 'ssh.user' : undefined;
    const port = /^([^:]+|.*\[.*\]):\d+$/.test(host.address) ? 'ssh.port' : undefined;
    const apart = [user, port].filter((key) => key !== undefined).join(' and ');
    return [
      {
        path: ['hosts', index, 'address'],
        message: `must be an IP address or a DNS name${apart === '' ? '' : ` and nothing else; use ${apart} for the rest`}`,
      },
    ];
  });
}

function addressesUnique({ hosts, ssh }: Spec): Finding[] {
  // Behind different bastions the same private address is another machine.
  const keys = hosts.map(
    (host) =>
      `${canonicalAddress(host.address)} port ${String(host.ssh?.port ?? ssh.port ?? 22)} ${JSON.stringify(host.ssh?.bastions ?? ssh.bastions)}`,
  );
  return duplicates(keys).map(({ index, first }) => ({
    path: ['hosts', index, 'address'],
    message: `${nameOf(hosts, first)} has this address and SSH port already; each machine stands here once`,
  }));
}

function internalAddressesUnique({ hosts }: Spec): Finding[] {
  const keys = hosts.map((host) =>
    host.internalAddress === undefined ? undefined : canonicalAddress(host.internalAddress),
  );
  const others = hosts.map((host) =>
    host.internalAddress === undefined && isIP(host.address) !== 0 ? canonicalAddress(host.address) : undefined,
  );
  return keys.flatMap((key, index) => {
    const first =
      key === undefined
        ? -1
        : hosts.findIndex(
            (_, other) => other !== index && ((other < index && keys[other] === key) || others[other] === key),
          );
    return first === -1
      ? []
      : [{ path: ['hosts', index, 'internalAddress'], message: `${nameOf(hosts, first)} has this address already` }];
  });
}

/** Pods and Services are IPv4 in this version, so nodes must reach each other over IPv4; kubeadm refuses loopback addresses too. */
function internalAddressesUsable({ hosts }: Spec): Finding[] {
  return hosts.flatMap((host, index) => {
    const key = host.internalAddress === undefined ? 'address' : 'internalAddress';
    const address = host.internalAddress ?? host.address;
    if (isIP(address) === 0) return [];
    const remedy = key === 'address' ? '; add internalAddress with an IPv4 address that the other hosts reach' : '';
    if (!isIPv4(address))
      return [
        {
          path: ['hosts', index, key],
          message: `nodes need an IPv4 address among themselves in this version${remedy}`,
        },
      ];
    if (/^(127|0|169\.254|22[4-9]|23\d|24\d|25[0-5])\./.test(address))
      return [
        {
          path: ['hosts', index, key],
          message: `other hosts cannot reach this address (loopback, link-local, multicast or reserved)${remedy}`,
        },
      ];
    return [];
  });
}

function rolesUnique({ hosts }: Spec): Finding[] {
  return hosts.flatMap((host, index) =>
    duplicates(host.roles).map((role) => ({
      path: ['hosts', index, 'roles', role.index],
      message: 'this role stands twice; once is enough',
    })),
  );
}

/** How many control-plane hosts an inventory may have at most. */
export const MOST_CONTROL_PLANES = Math.max(...DATASTORES.map(({ members }) => members?.most ?? 1));

/** How many control planes a datastore takes: those that are no members of it are as many as there may be. */
function mostMembers({ members, elsewhere }: Datastore): number {
  return elsewhere === true ? MOST_CONTROL_PLANES : (members?.most ?? 1);
}

function controlPlanes(spec: Spec): Finding[] {
  const { hosts } = spec;
  const indexes = hosts.flatMap((host, index) => (isControlPlane(host) ? [index] : []));
  if (indexes.length === 0)
    return [
      {
        path: ['hosts'],
        atKey: true,
        found: 'no control-plane host',
        message: 'one host needs roles: [control-plane] (or [control-plane, worker])',
      },
    ];
  const store = datastoreOf(withDatastore(spec));
  const most = mostMembers(store);
  const why =
    store.elsewhere === true
      ? 'more of them bring nothing. Make this one a worker'
      : most === 1
        ? `${store.title} keeps its data on one host, and ${nameOf(hosts, indexes[0] ?? 0)} is it. Make this one a worker, or take ${several()}`
        : `${store.title} has at most ${String(most)} members: more make it slower, not safer. Make this one a worker`;
  return indexes.slice(most).map((index) => ({
    path: ['hosts', index, 'roles'],
    found: most === 1 ? 'a second control-plane host' : `more than ${String(most)} control-plane hosts`,
    message: why,
  }));
}

/** What several control planes can be had with. */
function several(): string {
  return FORMS.map(({ id, datastoreAs }) => {
    const fits = DATASTORES.filter((store) => mostMembers(store) > 1 && goesWith(store, datastoreAs));
    return `controlPlane: ${id} with datastore: ${fits.map((store) => store.id).join(' or ')}`;
  }).join(', or ');
}

function nameOf(hosts: readonly HostSpec[], index: number): string {
  return hosts[index]?.name ?? `hosts[${String(index)}]`;
}
