import { addOnTraces } from '../../add-ons/index.js';
import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';
import { contains, parseNetwork } from '../../model/text/cidr.js';
import { FOREIGN_LINKS, networkTraces } from '../../network/index.js';

/** Links that ours go by: one of an earlier cluster has its addresses. */
const OWN = [...networkTraces.links, ...addOnTraces.links];

/** Network links of other clusters. */
export const links: LeftoverRow = {
  name: 'links',
  title: 'Network links of another cluster',
  harm: 'Pods could not get addresses of this cluster, or packets to pods and Services would end up there.',
  looks: () => ({ links: [...OWN, ...FOREIGN_LINKS] }),
  find: (host) =>
    host.past.links.filter(({ name }) => host.linkIsOlder(name)).map((link) => leftover(host, link.name, link.ports)),
};

function leftover(host: LeftoverHost, name: string, ports: number): Leftover {
  const addresses = host.facts.addresses.filter((each) => each.interface === name);
  const { podCIDR, serviceCIDR } = host.spec.network;
  const ranges = [podCIDR, serviceCIDR].flatMap((range) => parseNetwork(range) ?? []);
  const inTheWay =
    OWN.includes(name) || addresses.some(({ address }) => ranges.some((range) => contains(range, address)));
  return {
    what: `link ${name}`,
    ...(addresses.length === 0
      ? {}
      : { owner: addresses.map(({ address, prefix }) => `${address}/${String(prefix)}`).join(', ') }),
    severity: inTheWay ? 'error' : 'warning',
    ...(ports > 0 ? {} : { aside: { do: 'unlink', link: name } }),
    advice:
      ports > 0
        ? `${String(ports)} containers still hang on ${name}: stop them first, then ip link delete ${name}.`
        : 'ip link delete NAME takes one away; a reboot does too, where nothing makes it anew.',
  };
}
