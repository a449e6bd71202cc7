import type { HostFacts } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import { kernelIsAtLeast } from '../../model/text/kernel.js';
import type { OsFamily } from '../os-family.js';
import type { BootLoader, KernelOptions, KernelUpgrade } from './kernel-upgrade.js';

/** Where the inventory names a way to another kernel and no oldest one: what Kubernetes' system validators begin with. */
export const USUAL_MINIMUM = '5.4';

/** How a host comes to another kernel. */
export interface KernelWay {
  readonly upgrade: KernelUpgrade;
  readonly options: KernelOptions;
  readonly bootLoader: BootLoader;
}

/** What the inventory wants of a host's kernel, and the host does not have. */
export interface KernelWish {
  /** For people: what it shall be. */
  readonly wanted: string;
  /** How it comes there; where it cannot, why not. */
  readonly way: KernelWay | { readonly missing: string };
}

/** undefined where the kernel that runs is as the inventory wants it. @param families all there are, that of the host first */
export function kernelWish(
  { kernel: options }: Pick<Spec, 'kernel'>,
  facts: HostFacts,
  own: OsFamily | undefined,
  families: readonly OsFamily[],
): KernelWish | undefined {
  if (options === undefined) return undefined;
  const upgrade = own?.kernels.upgrades.find(({ id }) => id === options.upgrade);
  const wanted = wantedInstead(options, upgrade, facts.kernel);
  if (wanted === undefined) return undefined;
  if (options.upgrade === 'none')
    return { wanted, way: { missing: 'kernel.upgrade is none: install a newer kernel and reboot' } };
  if (own === undefined || upgrade === undefined) {
    const there = own?.kernels.upgrades.map(({ id }) => id).join(', ');
    const whose = families.find(({ kernels }) => kernels.upgrades.some(({ id }) => id === options.upgrade))?.id;
    return {
      wanted,
      way: {
        missing: `kernel.upgrade: ${options.upgrade} is for hosts of the family ${whose ?? 'of another system'}; this one can have ${there ?? 'none'}`,
      },
    };
  }
  const unfit = upgrade.unfit?.(facts, options);
  return {
    wanted,
    way: unfit === undefined ? { upgrade, options, bootLoader: own.kernels.bootLoader } : { missing: unfit },
  };
}

/** What the kernel shall be, where the one that runs is not that. */
function wantedInstead(
  options: KernelOptions,
  upgrade: KernelUpgrade | undefined,
  running: string,
): string | undefined {
  const named = upgrade?.release?.(options);
  if (named !== undefined) return named === running ? undefined : `${named}, as the inventory says`;
  const minimum = options.min ?? (options.upgrade === 'none' ? '0' : USUAL_MINIMUM);
  return kernelIsAtLeast(running, minimum) ? undefined : `${minimum} or newer, as the inventory says`;
}
