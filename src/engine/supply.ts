import { addOns } from '../add-ons/index.js';
import { combineSupplies, type Supply } from '../artifacts/supply.js';
import { balancerOf, controlPlaneOf, FORMS, KEEPERS, keeperOf, type ControlPlaneForm } from '../control-plane/index.js';
import { DATASTORES, datastoreOf } from '../datastore/index.js';
import { kubernetes } from '../artifacts/supplies/kubernetes.js';
import { pause } from '../artifacts/supplies/pause.js';
import { smokeTest } from '../artifacts/supplies/smoke-test.js';
import type { ArtifactSet } from '../model/artifact.js';
import type { Spec } from '../model/spec.js';
import { cniPlugins } from '../network/cni-plugins.js';
import { networkOf, networks } from '../network/index.js';
import { runtimeOf, runtimeSupplies, runtimeSupply, type ContainerRuntime } from '../runtime/index.js';
import { criTools } from '../runtime/cri-tools/index.js';

/** Their images are built for every cluster, as those of all forms are. */
const KEEPER_SUPPLIES = KEEPERS.map(({ supply }) => ({ images: supply.images ?? [] }));
const NETWORK_SUPPLIES = networks.flatMap(({ supply }) => supply ?? []);

/** Everything that hosts may get, of every kind there is. Nothing is built from it: see supplyOf. */
export const SUPPLY = combined({
  forms: FORMS.map(({ supply }) => supply),
  stores: DATASTORES.map(({ supply }) => supply),
  runtimes: runtimeSupplies,
  ofNetworks: NETWORK_SUPPLIES,
});

/**
 * What is built or fetched for one runtime and one form of the control plane: a build makes no programs that nobody asked for, and no
 * images of such programs. Images of all forms are in it, because the digests of archives have them (artifacts/images/archives.ts).
 */
export function supplyOf(runtime: Pick<ContainerRuntime, 'supply'>, form: ControlPlaneForm): Required<Supply> {
  return combined({
    forms: FORMS.map(({ id, supply }) => (id === form.id ? supply : { images: supply.images ?? [] })),
    stores: DATASTORES.map(({ supply }) => supply),
    runtimes: [runtime.supply],
    ofNetworks: NETWORK_SUPPLIES,
    without: form.replaces,
  });
}

/** The same for an inventory. */
export function supplyFor(spec: Spec): Required<Supply> {
  const supply = supplyOf({ supply: runtimeSupply(spec) }, controlPlaneOf(spec));
  const reasons = [supply.unofficial, keeperOf(spec)?.supply.unofficial ?? ''].filter((reason) => reason !== '');
  return { ...supply, unofficial: reasons.join('; ') };
}

/**
 * What hosts get of a set: no programs and images of a runtime or a network that the inventory did not choose. Where people
 * bring their own network, those of all networks kinit knows.
 */
export function chosenArtifacts(spec: Spec, set: ArtifactSet): ArtifactSet {
  const supply = chosenSupply(spec);
  const programs = new Set(
    [...supply.components, ...supply.files(set.kubernetesVersion, set.arch)].flatMap((from) =>
      from.programs.map(({ name }) => name),
    ),
  );
  // In the supply's order, whatever the order is in which they were built.
  const left = unloadable(spec, set);
  const images = chosenImages(spec).filter((name) => !left.includes(name));
  return {
    ...set,
    binaries: set.binaries.filter(({ name }) => programs.has(name)),
    images: set.images
      .filter(({ name }) => images.includes(name))
      .sort((a, b) => images.indexOf(a.name) - images.indexOf(b.name)),
  };
}

/** Images that come as archives only, where the set lacks the program by which the runtime takes archives. */
export function unloadable(spec: Spec, { binaries, images }: ArtifactSet): readonly string[] {
  const { loader } = runtimeOf(spec).images;
  if (loader === undefined || binaries.some(({ name }) => name === loader)) return [];
  return images.filter(({ archive }) => archive !== undefined).map(({ name }) => name);
}

/** Names of the images that hosts of this inventory may get, in the supply's order. */
export function chosenImages(spec: Spec): readonly string[] {
  const unused = [
    ...addOns.flatMap((addOn) => addOn.unused?.(spec) ?? []),
    ...(balancerOf(spec) === undefined ? controlPlaneOf(spec).balancer.images : []),
    ...(keeperOf(spec) === undefined
      ? KEEPER_SUPPLIES.flatMap(({ images = [] }) => images.map(({ name }) => name))
      : []),
  ];
  return chosenSupply(spec).images.flatMap(({ name }) => (unused.includes(name) ? [] : [name]));
}

/** Names of the programs that a build makes for hosts of this inventory. */
export function chosenPrograms(spec: Spec): readonly string[] {
  return chosenSupply(spec).components.flatMap((component) => component.programs.map(({ name }) => name));
}

/** What the kinds of this inventory need. */
export function chosenSupply(spec: Spec): Required<Supply> {
  const network = networkOf(spec).supply;
  return combined({
    forms: [controlPlaneOf(spec).supply],
    stores: [datastoreSupply(spec)],
    runtimes: [runtimeSupply(spec)],
    ofNetworks: network === undefined ? NETWORK_SUPPLIES : [network],
    without: controlPlaneOf(spec).replaces,
  });
}

/** In the process of the API server it needs no image. */
function datastoreSupply(spec: Spec): Supply {
  const { supply } = datastoreOf(spec);
  return controlPlaneOf(spec).datastoreAs === 'pod' ? supply : { ...supply, images: [] };
}

interface Parts {
  readonly forms: readonly Supply[];
  readonly stores: readonly Supply[];
  readonly runtimes: readonly Supply[];
  readonly ofNetworks: readonly Supply[];
  /** Names of components that hosts do not get. */
  readonly without?: readonly string[] | undefined;
}

/**
 * The order is that of building: what a cluster needs first, first; the images' order is in the digests of built archives
 * (artifacts/images/archives.ts), so a new kind goes to the end.
 */
function combined({ forms, stores, runtimes, ofNetworks, without = [] }: Parts): Required<Supply> {
  const all = combineSupplies([
    ...forms,
    kubernetes,
    ...runtimes,
    cniPlugins,
    criTools,
    ...stores,
    ...addOns.flatMap(({ supply }) => supply ?? []),
    pause,
    ...ofNetworks,
    smokeTest,
    ...KEEPER_SUPPLIES,
  ]);
  return { ...all, components: all.components.filter(({ name }) => !without.includes(name)) };
}
