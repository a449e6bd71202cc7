import type { Arch, ArtifactSet } from '../../model/artifact.js';
import { archiveInputs, archivesOf } from '../images/archives.js';
import { allStored, toArtifactSet, type BuiltArchive, type Manifest } from '../store/manifest.js';
import { imageRefs, type Supply } from '../supply.js';
import { readComponent } from './components.js';
import { planBuild } from './plan.js';

/** What a build would give: what is built already as it is, the rest by name and version, with '' for its digest. Builds nothing. */
export async function foreseenBuild(supply: Required<Supply>, arch: Arch): Promise<ArtifactSet> {
  const { kubernetesVersion, goVersion, previous, kept, stale } = await planBuild(supply.components, arch, 'nothing');
  const components: Record<string, Manifest['components'][string]> = {};
  for (const component of supply.components) {
    const built = kept[component.name];
    const source = stale.find(({ component: { name } }) => name === component.name)?.source;
    const { version, origin } = source ?? (await readComponent(component));
    const programs = component.programs.map(({ name }) => ({ name, sha256: '', size: 0 }));
    components[component.name] = built ?? { inputs: '', version, origin, programs };
  }
  const programs = Object.fromEntries(
    Object.values(components).flatMap((each) =>
      each.programs.map(({ name, sha256, size }) => [name, { sha256, size }]),
    ),
  );
  const refs = imageRefs(supply.images, kubernetesVersion);
  const archives: Record<string, BuiltArchive> = {};
  for (const recipe of archivesOf(supply.images)) {
    const inputs = { arch, kubernetesVersion, programs, images: supply.images };
    const built = previous?.archives[recipe.name];
    const known = recipe.programs.every((name) => programs[name]?.sha256 !== '');
    const current = known && built?.inputs === archiveInputs(recipe, inputs) && (await allStored([built.archive]));
    archives[recipe.name] =
      current && built !== undefined
        ? built
        : {
            inputs: '',
            origin: recipe.origin,
            archive: { sha256: '', size: 0 },
            images: recipe.images.map(({ name, on }) => ({
              name,
              refs: [refs[name] ?? name],
              on,
              digest: '',
              pinned: on !== 'smoke-test',
            })),
          };
  }
  const set = toArtifactSet(
    { schema: 1, kubernetesVersion, arch, goVersion, components, archives, missing: [] },
    supply.components,
  );
  return {
    ...set,
    binaries: set.binaries.map((program) => (program.sha256 === '' ? { ...program, localFile: '' } : program)),
    images: set.images.map(({ digest, archive, ...image }) => ({
      ...image,
      ...(digest === '' || digest === undefined
        ? { archive: { sha256: '', size: 0, localFile: '' } }
        : { digest, ...(archive === undefined ? {} : { archive }) }),
    })),
  };
}
