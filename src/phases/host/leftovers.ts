import { leftoversOn } from '../../leftovers/index.js';
import { defined } from '../../model/defined.js';
import type { Phase } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { CLUSTER_CA, pkiPair } from '../../pki/index.js';
import { networkLink, setAside } from '../../resources/index.js';

/**
 * What preflight found of other clusters and tools, where the inventory says that it is set aside. First of all phases:
 * the others find a host without it.
 */
export const leftovers: Phase = {
  id: 'leftovers',
  title: 'What other clusters and tools left, set aside',
  appliesTo: () => true,
  resources: ({ spec, nodes, node, leader, material }) => {
    const ca = material[leader.spec.name]?.[pkiPair(CLUSTER_CA).crt]?.content;
    const found = leftoversOn(node, nodes, spec, ca);
    return found.flatMap(({ setAside: aside, owner }): Resource[] => {
      if (aside === undefined) return [];
      if (aside.do === 'unlink') return [networkLink({ name: aside.link })];
      return [setAside({ path: aside.path, remade: aside.remade === true, ...defined({ owner }) })];
    });
  },
};
