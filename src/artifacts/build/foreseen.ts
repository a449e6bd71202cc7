import type { Arch, ArtifactSet } from '../../model/artifact.js';
import { archiveInputs, archivesOf, imageInputs, unmadeArchive } from '../images/archives.js';
import { allStored, toArtifactSet, type BuiltArchive, type Manifest } from '../store/manifest.js';
import type { Supply } from '../supply.js';
import { readComponent } from './components.js';
import { planBuild } from './plan.js';

/** What a build would give: what is built already as it is, the rest by name and version, with '' for its digest. Builds nothing. */
export async function foreseenBuild(supply: Required<Supply>, arch: Arch, wanted: string): Promise<ArtifactSet> {
  const { kubernetesVersion, previous, kept, stale } = await planBuild(supply.components, arch, 'nothing', wanted);
  const components: Record<string, Manifest['components'][string]> = {};
  for (const component of supply.components) {
    const built = kept[component.name];
    const source = stale.find(({ component: { name } }) => name === component.name)?.source;
    const { version, origin } = source ?? (await readComponent(component, wanted));
    const programs = component.programs.map(({ name }) => ({ name, sha256: '', size: 0 }));
    components[component.name] = built ?? { inputs: '', version, origin, programs };
  }
  const inputs = imageInputs(supply, { arch, kubernetesVersion, components });
  const archives: Record<string, BuiltArchive> = {};
  for (const recipe of archivesOf(supply.images)) {
    const built = previous?.archives[recipe.name];
    const known = recipe.programs.every((name) => inputs.programs[name]?.sha256 !== '');
    const current = known && built?.inputs === archiveInputs(recipe, inputs) && (await allStored([built.archive]));
    archives[recipe.name] = current && built !== undefined ? built : unmadeArchive(recipe, kubernetesVersion);
  }
  const set = toArtifactSet({ kubernetesVersion, arch, components, archives }, supply.components);
  return {
    ...set,
    binaries: set.binaries.map((program) => (program.sha256 === '' ? { ...program, localFile: '' } : program)),
  };
}
