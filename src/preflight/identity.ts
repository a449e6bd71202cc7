import type { CheckResult } from '../model/check.js';
import { isMember } from '../model/facts.js';
import { groupBy, oncePer } from '../model/once.js';
import type { Node } from '../model/phase.js';
import type { Check } from './check.js';

/** What must differ between hosts: names, machine ids, product uuids. */
export const identity: Check = (node, { spec, nodes }) => [
  ...(spec.manageHostname ? [hostnameSet(node)] : [hostnameOwn(node, nodes)]),
  machineId(node, nodes),
  ...productUuid(node, nodes),
];

function hostnameSet({ facts, spec }: Node): CheckResult {
  const base = { name: 'hostname', title: 'Host name' };
  if (facts.hostname === spec.name) return { ...base, status: 'ok', found: facts.hostname };
  if (!isMember(facts)) return { ...base, status: 'ok', found: `${facts.hostname}, becomes ${spec.name}` };
  return {
    ...base,
    status: 'warning',
    found: `${facts.hostname}, though it is the node ${spec.name}`,
    recommended: spec.name,
    hint: `Somebody renamed it (hostnamectl, cloud-init). A kubelet that starts under another name is refused by the API: kinit init puts the name back and restarts the kubelet, or by hand: hostnamectl set-hostname ${spec.name} && systemctl restart kubelet`,
  };
}

/** With manageHostname: false the name stays as it is, so it must be usable as it is. */
function hostnameOwn({ facts, spec }: Node, nodes: readonly Node[]): CheckResult {
  const base = {
    name: 'hostname',
    title: 'Host name',
    found: facts.hostname || 'none',
    minimum: 'unique, in lower case',
  };
  const twins = namesOf(byHostname(nodes).get(facts.hostname), spec.name);
  if (twins.length > 0)
    return {
      ...base,
      status: 'error',
      found: `${facts.hostname}, also on ${twins.join(', ')}`,
      hint: 'Give each machine a name of its own (hostnamectl set-hostname NAME), or set manageHostname: true.',
    };
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/.test(facts.hostname)) {
    return {
      ...base,
      status: 'error',
      hint: 'Host names are lower-case letters, digits and "-" (RFC 1123): hostnamectl set-hostname NAME, or set manageHostname: true.',
    };
  }
  return { ...base, status: 'ok' };
}

function machineId({ facts, spec }: Node, nodes: readonly Node[]): CheckResult {
  const base = { name: 'machine-id', title: 'Machine id', minimum: 'unique' };
  if (facts.machineId === '')
    return { ...base, status: 'error', found: 'none', hint: 'On the host: systemd-machine-id-setup' };
  const twins = namesOf(byMachineId(nodes).get(facts.machineId), spec.name);
  if (twins.length === 0) return { ...base, status: 'ok', found: facts.machineId };
  const same = namesOf(
    byMachineId(nodes)
      .get(facts.machineId)
      ?.filter((other) => facts.bootId !== '' && other.facts.bootId === facts.bootId),
    spec.name,
  );
  if (same.length > 0)
    return {
      ...base,
      status: 'error',
      found: `this is the same machine as ${same.join(', ')}`,
      hint: 'Each machine stands in the inventory once; correct an address.',
    };
  return {
    ...base,
    status: 'error',
    found: `${facts.machineId}, also on ${twins.join(', ')}`,
    hint: 'These machines are clones. On all but one: rm /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup; reboot',
  };
}

/** Firmware repeats itself on cheap boards, and containers show that of the machine below: with own machine ids this is no more than a warning. */
function productUuid({ facts, spec }: Node, nodes: readonly Node[]): CheckResult[] {
  const base = { name: 'product-uuid', title: 'Product UUID', recommended: 'unique' };
  if (facts.productUuid === '') return [];
  const twins = namesOf(byProductUuid(nodes).get(facts.productUuid.toLowerCase()), spec.name);
  if (twins.length === 0) return [{ ...base, status: 'ok', found: facts.productUuid }];
  return [
    {
      ...base,
      status: 'warning',
      found: `${facts.productUuid}, also on ${twins.join(', ')}`,
      hint: 'Virtual machines should be cloned with a new UUID; cloud integrations tell nodes apart by it.',
    },
  ];
}

const byHostname = oncePer((nodes: readonly Node[]) => groupBy(nodes, ({ facts }) => [facts.hostname]));
const byMachineId = oncePer((nodes: readonly Node[]) => groupBy(nodes, ({ facts }) => [facts.machineId]));
const byProductUuid = oncePer((nodes: readonly Node[]) =>
  groupBy(nodes, ({ facts }) => [facts.productUuid.toLowerCase()]),
);

/** Names of the others among hosts that are alike. */
function namesOf(alike: readonly Node[] = [], name: string): string[] {
  return alike.map(({ spec }) => spec.name).filter((other) => other !== name);
}
