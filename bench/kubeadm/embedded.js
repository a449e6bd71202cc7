import { answersOk, clusterWorks, nodesReady } from '../lib/ask.js';
import { kinit } from '../lib/kinit.js';
import { writeInventory } from '../lib/lab.js';
import { PREPARE } from '../lib/small.js';
import { timed } from '../lib/watch.js';

/** The control plane in one process, on hosts like those of the stock one. */
export function openEmbedded(lab, folder, connections) {
  const [first] = connections;
  const names = lab.hosts.map(({ name }) => name);
  const inventory = (count) =>
    writeInventory(lab, {
      folder,
      id: `embedded-${count}`,
      hosts: lab.hosts.slice(0, count),
      controlPlane: { mode: 'embedded' },
    });
  const [three, four] = [inventory(3), inventory(4)];
  return {
    prepare: () => kinit(['init', '-i', four, '--only', PREPARE]),
    clean: () => kinit(['reset', '-i', four, '--yes']),
    three: () =>
      timed(
        {
          ready: () => answersOk(first, { port: 6443, path: '/readyz' }),
          working: clusterWorks(connections.slice(0, 3), names.slice(0, 3)),
        },
        () => kinit(['init', '-i', three, '--yes']),
      ),
    join: () =>
      timed({ ready: () => nodesReady(first, names.slice(3)) }, () => kinit(['join', names[3], '-i', four, '--yes'])),
  };
}
