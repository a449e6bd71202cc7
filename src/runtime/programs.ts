import { createHash } from 'node:crypto';
import type { BinaryArtifact } from '../model/artifact.js';
import type { PhaseContext } from '../model/phase.js';
import { proxyRevision } from '../model/seams/proxies.js';

/** Programs of runtimes; a host has those of one (engine/supply.ts). */
const GROUP = 'runtime';

/** Where a program of a runtime goes. */
export function installed(name: string): Pick<BinaryArtifact, 'installPath' | 'links' | 'group'> {
  return { installPath: `/usr/local/bin/${name}`, links: [], group: GROUP };
}

/**
 * Digest of what a runtime's service starts from: restarted when one of it changes.
 * @param texts of its configuration and units
 */
export function revisionOf(context: PhaseContext, texts: readonly string[]): string {
  const programs = context.artifacts.binaries.filter(({ group }) => group === GROUP).map(({ sha256 }) => sha256);
  return createHash('sha256')
    .update([...texts, ...proxyRevision(context), ...programs].join('\0'))
    .digest('hex');
}
