import type { Supply } from '../artifacts/supply.js';
import { KinitError } from '../model/error.js';
import { anyKind, type AnyKind } from '../model/resource.js';
import type { KindChoice } from '../model/spec/kinds.js';
import type { Spec } from '../model/spec.js';
import type { ContainerRuntime } from './container-runtime.js';
import { containerd } from './containerd/index.js';
import { crio } from './crio/index.js';
import { docker } from './docker/index.js';
import type { PackageFormat } from '../os/index.js';
import type { RuntimePackages } from './packaged.js';
import { imagesKind } from './images/index.js';
import { tracesKind } from '../resources/traces/index.js';

export type { ContainerRuntime } from './container-runtime.js';
export { packageWishes } from './packaged.js';
export { waitForCri, waitForPodNetwork } from './cri-tools/answers.js';
export { images } from './images/index.js';

/** Every runtime kinit can install. The first is the default. */
export const RUNTIMES: readonly [ContainerRuntime, ...ContainerRuntime[]] = [containerd, crio, docker];

/** What stands in the inventory's `runtime` section about the kinds. */
export const runtimeChoice: KindChoice = {
  ids: RUNTIMES.map(({ id }) => id),
  default: RUNTIMES[0].id,
  describe: 'Container runtime.',
  options: Object.assign({}, ...RUNTIMES.map(({ options }) => options)),
};

/** The runtime of the inventory. */
export function runtimeOf(spec: Spec): ContainerRuntime {
  return runtimeNamed(spec.runtime.name);
}

/** Where it speaks the CRI. */
export function criEndpoint(spec: Spec): string {
  return `unix://${runtimeOf(spec).sockets[0]}`;
}

/** Every runtime but the inventory's. */
export function unwantedRuntimes(spec: Spec): readonly ContainerRuntime[] {
  const wanted = runtimeOf(spec);
  return RUNTIMES.filter((runtime) => runtime !== wanted);
}

/** Why the inventory's runtime cannot come from where it says; undefined: it can. */
export function refusesSource({ runtime: { name, from } }: Pick<Spec, 'runtime'>): string | undefined {
  const { packaged, title } = runtimeNamed(name);
  if (from === 'artifacts' || packaged !== undefined) return undefined;
  return `${title} comes as kinit's own artifacts only`;
}

/** Packages of the inventory's runtime on hosts of this kind; undefined where it is no package, or there is none. */
export function runtimePackages(
  { runtime: { name, from } }: Pick<Spec, 'runtime'>,
  format: PackageFormat,
  codename: string,
): RuntimePackages | undefined {
  return from === 'artifacts' ? undefined : runtimeNamed(name).packaged?.packages[from](format, codename);
}

/** What hosts need of the inventory's runtime that no package of theirs brings. */
export function runtimeSupply({ runtime: { name, from } }: Pick<Spec, 'runtime'>): Supply {
  const { supply, packaged } = runtimeNamed(name);
  return from === 'artifacts' ? supply : (packaged?.supply ?? supply);
}

/** Kinds of resource that belong to runtimes. */
export const runtimeKinds: readonly AnyKind[] = [
  anyKind(imagesKind(runtimeNamed, RUNTIMES[0].images.describe)),
  anyKind(tracesKind(runtimeNamed)),
];

/** Programs of all runtimes. What they share is in cri-tools/. */
export const runtimeSupplies: readonly Supply[] = RUNTIMES.map(({ supply }) => supply);

/** The runtime of this id. Throws 'internal' where there is none: schemas let none other through. */
export function runtimeNamed(name: string): ContainerRuntime {
  const runtime = RUNTIMES.find(({ id }) => id === name);
  if (runtime !== undefined) return runtime;
  throw new KinitError(`there is no container runtime '${name}'`, {
    class: 'internal',
    hint: 'Add it to src/runtime/index.ts.',
  });
}
