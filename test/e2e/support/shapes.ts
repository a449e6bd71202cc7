import { appendFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { KindChoice } from '../../../src/model/spec/kinds.js';
import { networkChoice } from '../../../src/network/index.js';
import type { Form } from './hardening.js';
import type { LabSize } from './kinit.js';

/** A cluster that the same tests are run on, and what its inventory says besides the lab's. */
export interface Shape {
  readonly title: string;
  /** How its control plane runs. */
  readonly form: Form;
  readonly inventory: Readonly<Record<string, unknown>>;
  /** What its hosts have. Default: the lab's. */
  readonly size?: Pick<LabSize, 'cpus' | 'memory'>;
}

/** With 'none' a user brings a pod network; there is none to test. */
const BROUGHT_BY_USERS = ['none'];

/** From the registries: the defaults, and one cluster for each further kind; runtimes and forms of the
 * control plane have files of their own (runtimes, embedded). */
export const SHAPES: readonly Shape[] = [
  {
    title: 'a cluster of static pods',
    form: 'static-pods',
    // A balancer from its first control plane on, as a cluster with several has it by itself.
    inventory: { apiServer: { balancer: 'local' }, kubectl: 'all' },
  },
  ...further(networkChoice, (id) => ({ network: { plugin: id } })),
];

/** All of a control plane in one process, for small hosts. */
export const EMBEDDED: Shape = {
  title: 'a cluster whose control plane is one process',
  form: 'embedded',
  // What it is for; the limits bind.
  size: { cpus: 1, memory: '1G' },
  inventory: {
    controlPlane: { mode: 'embedded' },
    // One log is the whole process's: a flag for it that one part alone gets must not end the server.
    scheduler: { extraArgs: { v: '4' } },
  },
};

/** Writes a shape's choices into the inventory of a lab. */
export function shape({ inventory }: Pick<Shape, 'inventory'>, file: string): void {
  if (Object.keys(inventory).length > 0) appendFileSync(file, `\n${stringify(inventory)}`);
}

function further(choice: KindChoice, inventory: (id: string) => Shape['inventory']): Shape[] {
  return choice.ids
    .filter((id) => id !== choice.default && !BROUGHT_BY_USERS.includes(id))
    .map((id) => ({ title: `a cluster with ${id}`, form: 'static-pods', inventory: inventory(id) }));
}
