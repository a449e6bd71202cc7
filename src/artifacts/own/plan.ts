import type { Arch } from '../../model/artifact.js';
import { componentInputs } from '../build/compile.js';
import { readComponent, type ComponentSource } from '../build/components.js';
import { compareVersions, findGo, type Go } from '../build/go.js';
import { allStored, storedFiles } from '../store/manifest.js';
import { ownManifestFile } from '../store/paths.js';
import type { Supply } from '../supply.js';
import { readOwnManifest, type OwnManifest } from './manifest.js';
import { readPacked } from './packed.js';

/** How this machine comes by kinit's own programs. */
export type OwnPlan =
  /** They came with this package, or were built here before. */
  | { readonly by: 'package' | 'store'; readonly made: OwnManifest }
  | { readonly by: 'go'; readonly go: Go; readonly sources: readonly ComponentSource[] }
  /** A checkout on a machine without Go. */
  | { readonly by: 'nothing'; readonly neededGo: string };

/** Looks, and makes nothing. @param own of ownSupply */
export async function planOwn(own: Required<Supply>, arch: Arch): Promise<OwnPlan> {
  const sources = await Promise.all(own.components.map((component) => readComponent(component)));
  const fits = ({ components, goVersion }: OwnManifest): boolean =>
    own.components.every((component, i) => {
      const source = sources[i];
      const built = components[component.name]?.inputs;
      return source !== undefined && built === componentInputs(component, source, arch, goVersion);
    });
  const packed = await readPacked(arch);
  if (packed !== undefined && fits(packed)) return { by: 'package', made: packed };
  const neededGo = sources.map(({ goVersion }) => goVersion).reduce((a, b) => (compareVersions(a, b) > 0 ? a : b), '');
  const found = await findGo();
  const go = found !== undefined && compareVersions(found.version, neededGo) >= 0 ? found : undefined;
  const stored = await readOwnManifest(ownManifestFile(arch));
  // Without Go nothing can be built anew, so what was built with some other Go is not stale.
  if (stored !== undefined && fits(stored) && (go === undefined || go.version === stored.goVersion)) {
    if (await allStored(storedFiles({ ...stored, archives: {} }))) return { by: 'store', made: stored };
  }
  return go === undefined ? { by: 'nothing', neededGo } : { by: 'go', go, sources };
}
