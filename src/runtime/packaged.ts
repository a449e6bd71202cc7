import type { Supply } from '../artifacts/supply.js';
import type { PhaseContext } from '../model/phase.js';
import type { Resource } from '../model/resource.js';
import type { Spec } from '../model/spec.js';
import type { LeftoverRow } from '../model/seams/leftover.js';
import type { PackageFormat } from '../os/index.js';
import { directory } from '../resources/index.js';

/** Where packages of a runtime come from: `runtime.from` in the inventory, but for kinit's own artifacts. */
export type PackageSource = Exclude<Spec['runtime']['from'], 'artifacts'>;

/** What differs where a runtime comes as packages of the hosts'. */
export interface PackagedRuntime {
  /** Names of the packages, by where they come from; undefined: there are none in this format, or this release. */
  readonly packages: Readonly<
    Record<PackageSource, (format: PackageFormat, codename: string) => RuntimePackages | undefined>
  >;
  /** Oldest upstream version of what is versioned that serves a cluster, and why. */
  readonly oldest: { readonly version: string; readonly why: string };
  /** What has to be there before the packages start it, and what it fills from then on. */
  readonly before: (context: PhaseContext) => readonly Resource[];
  /** Units of other kinds that its packages start for it: no other runtime on the host. */
  readonly below: readonly string[];
  /** Programs that no package has. */
  readonly supply: Supply;
}

export interface RuntimePackages {
  /** Of one version, that of the inventory where it names one. */
  readonly versioned: readonly [string, ...string[]];
  readonly others: readonly string[];
}

/** The CRI of a containerd that starts makes these, for itself alone. */
export const CNI_FOLDERS = [
  directory({ path: '/etc/cni', mode: 0o755 }),
  directory({ path: '/etc/cni/net.d', mode: 0o755 }),
];

/** Packages as the package manager is asked for them: all are held, for what replaces a runtime stops its pods. */
export function packageWishes({ versioned, others }: RuntimePackages, version = '*'): string[] {
  return [...versioned.map((name) => `${name}=${version}`), ...others.map((name) => `${name}=*`)];
}

/**
 * A unit of kinit's own, or of a person's, stands before that of a package: a node that kinit gave the runtime itself does not take
 * one of a package.
 */
export function shadowedUnits(id: string, units: readonly string[]): LeftoverRow {
  const paths = units.map((unit) => `/etc/systemd/system/${unit}.service`);
  const concerned = ({ runtime }: Spec): boolean => runtime.name === id && runtime.from !== 'artifacts';
  return {
    name: `${id}-unit`,
    title: 'A unit that stands before that of a package',
    harm: 'systemd starts what it names, and not the program of the package that the inventory asks for.',
    looks: (spec) => (concerned(spec) ? { files: paths } : {}),
    find: ({ past, spec }) =>
      past.files
        .filter(({ path }) => concerned(spec) && paths.includes(path))
        .map(({ path, written }) => ({
          what: path,
          written,
          severity: 'error' as const,
          running: 'error' as const,
          advice: past.recorded.includes(`file:${path}`)
            ? 'kinit gave this host the runtime itself: set runtime.from: artifacts; or kinit reset NODE, which drains it, then kinit join NODE.'
            : 'Move it away, and run systemctl daemon-reload; or set runtime.from: artifacts.',
        })),
  };
}
