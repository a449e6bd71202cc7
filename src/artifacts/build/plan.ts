import type { Arch } from '../../model/artifact.js';
import { componentInputs } from './compile.js';
import { KUBERNETES_MODULE, readComponent, versionsOf, type Component, type ComponentSource } from './components.js';
import { compareVersions, findGo, type Go } from './go.js';
import { allManifests, allStored, readManifest, type BuiltComponent, type Manifest } from '../store/manifest.js';
import { kubeComponent } from '../supplies/kubernetes.js';

export interface StaleComponent {
  readonly component: Component;
  readonly source: ComponentSource;
  readonly inputs: string;
}

/** What is built again though the store has it: nothing, what has distribution packages in it (for their security updates), all. */
export type Again = 'nothing' | 'packages' | 'all';

/** What the store has and what is to be built. */
export interface BuildPlan {
  readonly kubernetesVersion: string;
  readonly again: Again;
  readonly go: Go | undefined;
  /** The oldest Go that builds all components. */
  readonly neededGo: string;
  readonly goVersion: string;
  readonly previous: Manifest | undefined;
  /** Components whose results are in the store and current. */
  readonly kept: Readonly<Record<string, BuiltComponent>>;
  readonly stale: readonly StaleComponent[];
  /** Components in the store that were not asked for now. */
  readonly others: Readonly<Record<string, BuiltComponent>>;
}

/**
 * Reads the module files and the store; builds nothing. Some ten milliseconds.
 * @param wanted the Kubernetes version; absent: the newest that components/ has
 */
export async function planBuild(
  components: readonly Component[],
  arch: Arch,
  again: Again,
  wanted?: string,
): Promise<BuildPlan> {
  const [go, sources] = await Promise.all([
    findGo(),
    Promise.all(components.map((component) => readComponent(component, wanted))),
  ]);
  const kubernetesVersion = sources[components.findIndex(({ module }) => module === KUBERNETES_MODULE)]?.version ?? '';
  const previous = await readManifest(kubernetesVersion, arch);
  const siblings = (await allManifests()).filter((manifest) => manifest.arch === arch);
  // Without Go nothing can be built anew, so what was built with some other Go is not stale.
  const goVersion = go?.version ?? previous?.goVersion ?? '';
  const kept: Record<string, BuiltComponent> = {};
  const stale: StaleComponent[] = [];
  for (const [i, component] of components.entries()) {
    const source = sources[i];
    if (source === undefined) continue;
    const inputs = componentInputs(component, source, arch, goVersion);
    // What another version of Kubernetes was built with may be the same.
    const made = [previous, ...siblings].map((manifest) => manifest?.components[component.name]);
    const built = made.find((each) => each?.inputs === inputs);
    const unwanted = again === 'all' || (again === 'packages' && component.cgo.includes(arch));
    if (!unwanted && built !== undefined && (await allStored(built.programs))) kept[component.name] = built;
    else stale.push({ component, source, inputs });
  }
  const asked = new Set(components.map(({ name }) => name));
  const others = Object.fromEntries(Object.entries(previous?.components ?? {}).filter(([name]) => !asked.has(name)));
  const neededGo = sources.map((source) => source.goVersion).reduce((a, b) => (compareVersions(a, b) > 0 ? a : b));
  return { kubernetesVersion, again, go, neededGo, goVersion, previous, kept, stale, others };
}

/** The Kubernetes versions that components/ builds, the newest first. */
export function sourceKubernetesVersions(): Promise<string[]> {
  return versionsOf(kubeComponent);
}
