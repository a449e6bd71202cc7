import { packageMirrorOf } from '../../artifacts/mirror.js';
import type { HostFacts } from '../../model/facts.js';
import type { Spec } from '../../model/spec.js';
import type { OsFamily } from '../os-family.js';
import type { KernelOrigin } from './kernel-upgrade.js';

/**
 * What hosts fetch for the kernel that the inventory wants, besides from their repositories: for every release it is for, because
 * nobody is asked which ones the hosts have.
 */
export function kernelOrigins(families: readonly OsFamily[], spec: Spec, arch: HostFacts['arch']): KernelOrigin[] {
  const { kernel } = spec;
  if (kernel === undefined) return [];
  const mirror = packageMirrorOf(spec);
  const rows = families.flatMap(({ kernels, releases }) =>
    kernels.upgrades
      .filter(({ id }) => id === kernel.upgrade)
      .flatMap(({ fetches }) =>
        releases.flatMap(({ versionId }) => fetches?.(kernel, { versionId, arch, mirror }) ?? []),
      ),
  );
  return [...new Map(rows.map((row) => [row.from, row])).values()];
}
