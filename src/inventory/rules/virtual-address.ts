import { isIP, isIPv6 } from 'node:net';
import { hostPort, unbracketed } from '../../model/text/address.js';
import { canonicalAddress } from '../../model/text/cidr.js';
import { isControlPlane, type Spec } from '../../model/spec.js';
import type { Finding } from '../problem.js';
import type { Rule } from './rule.js';

export const virtualAddressRules: readonly Rule[] = [
  { reads: ['apiServer.virtualAddress', 'apiServer.endpoint', 'apiServer.port'], check: oneEndpoint },
  { reads: ['apiServer.virtualAddress', 'hosts.address', 'hosts.internalAddress'], check: ofNobody },
  { reads: ['apiServer.virtualAddress', 'ipv6', 'hosts.address', 'hosts.internalAddress'], check: family },
  { reads: ['apiServer.virtualAddress', 'apiServer.extraArgs'], check: heard },
];

const PATH = ['apiServer', 'virtualAddress', 'address'];

/** A name may lead to it; another address or another port cannot. */
function oneEndpoint({ apiServer: { virtualAddress, endpoint = '', port } }: Spec): Finding[] {
  const [, name = '', endpointPort = ''] = /^(.+):(\d+)$/.exec(endpoint) ?? [];
  if (virtualAddress === undefined || name === '') return [];
  const { address } = virtualAddress;
  const host = unbracketed(name);
  const leads = isIP(host) === 0 || canonicalAddress(host) === canonicalAddress(address);
  if (leads && Number(endpointPort) === port) return [];
  const own = hostPort(address, port);
  return [
    {
      path: ['apiServer', 'endpoint'],
      message: `is not the virtual address, which is ${own}: take it out, or give a name that leads to ${address}, with port ${String(port)}`,
    },
  ];
}

function ofNobody({ apiServer: { virtualAddress }, hosts }: Spec): Finding[] {
  if (virtualAddress === undefined) return [];
  const wanted = canonicalAddress(virtualAddress.address);
  const owner = hosts.find(({ address, internalAddress = address }) =>
    [address, internalAddress].some((own) => canonicalAddress(own) === wanted),
  );
  return owner === undefined
    ? []
    : [{ path: PATH, message: `is the address of ${owner.name}; give a free one of the control planes' network` }];
}

/** Control planes speak about it by their own addresses: one protocol for all. */
function family({ apiServer: { virtualAddress }, ipv6, hosts }: Spec): Finding[] {
  if (virtualAddress === undefined) return [];
  const isSix = isIPv6(virtualAddress.address);
  if (isSix && ipv6 === 'off') return [{ path: PATH, message: 'is an IPv6 address, and ipv6: off turns that off' }];
  const other = hosts
    .filter(isControlPlane)
    .find(({ address, internalAddress = address }) => isIP(internalAddress) !== 0 && isIPv6(internalAddress) !== isSix);
  if (other === undefined) return [];
  const [one, two] = isSix ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6'];
  return [{ path: PATH, message: `is an ${one} address, and ${other.name} is a node by an ${two} address` }];
}

/** The API server has to listen at it, wherever it is. */
function heard({ apiServer: { virtualAddress, extraArgs } }: Spec): Finding[] {
  const bound = extraArgs['bind-address'];
  if (virtualAddress === undefined || bound === undefined || ['0.0.0.0', '::'].includes(String(bound))) return [];
  return [
    {
      path: ['apiServer', 'extraArgs', 'bind-address'],
      message: 'makes the API server deaf at apiServer.virtualAddress; take it out',
    },
  ];
}
