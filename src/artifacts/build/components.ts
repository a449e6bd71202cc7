import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch, BinaryArtifact } from '../../model/artifact.js';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { compareVersions, minorOf } from '../../model/text/version.js';
import { componentsFolder } from '../store/paths.js';

/** One program of a component. */
export type Program = GoProgram | CProgram;

interface AnyProgram {
  /** Artifact name. */
  readonly name: string;
  /** Absent for programs that only live in images. */
  readonly install?: Pick<BinaryArtifact, 'installPath' | 'links' | 'group' | 'on'>;
}

export interface GoProgram extends AnyProgram {
  /** Go package, as `go build` takes it in the component's folder. */
  readonly package: string;
}

/** A helper in C whose sources come with one of the component's modules; built static. */
export interface CProgram extends AnyProgram {
  readonly c: {
    /** The module, whose version and hash stand in the component's go.mod and go.sum. */
    readonly module: string;
    /** Folder of the .c files in it. */
    readonly folder: string;
    /** Libraries by their names for pkg-config. */
    readonly libraries: readonly string[];
    /** Macros; version is the module's, without v and build data. */
    readonly defines: (version: string) => readonly string[];
  };
}

/** One Go module under components/, and what is built from it. */
export interface Component {
  /** Folder name under components/. */
  readonly name: string;
  /** The module whose version in go.mod is the component's; absent for our own code. */
  readonly module?: string;
  readonly programs: readonly Program[];
  readonly tags: readonly string[];
  /** Needs a C compiler (on these architectures). */
  readonly cgo: readonly Arch[];
  /** Links against libseccomp. */
  readonly seccomp?: boolean;
  /** Its C programs link against GLib. */
  readonly glib?: boolean;
  /** Linker flags after -s -w; version is without its v. */
  readonly ldflags: (version: string) => readonly string[];
}

/** What has a cluster's version. */
export const KUBERNETES_MODULE = 'k8s.io/kubernetes';

/** Build tags of what needs no C library. */
export const STATIC_TAGS = ['netgo', 'osusergo'];

/** What a component is, as its module files say. */
export interface ComponentSource {
  /** Without v and build data. */
  readonly version: string;
  /** The module, its version and its hash in the Go checksum database. */
  readonly origin: string;
  /** Everything that is compiled or decides what is, as one text. */
  readonly text: string;
  /** The `go` line: the oldest Go that builds it. */
  readonly goVersion: string;
  /** The module file that it is built by, where that is not go.mod; its sums lie beside it. */
  readonly modFile?: string;
}

/**
 * Names of module files for an earlier version than go.mod's, with their sums beside them: go-1.35.mod is for any version of that minor,
 * go-1.36.2.mod for that one alone.
 */
const OF_VERSION = /^go-(\d+\.\d+(?:\.\d+)?)\.mod$/;

/**
 * Reads a component's module files. Throws 'artifact' where they are not there or do not name the component.
 * @param kubernetesVersion for a cluster of this version; absent: of the one that go.mod has
 */
export async function readComponent(component: Component, kubernetesVersion?: string): Promise<ComponentSource> {
  const folder = join(componentsFolder(), component.name);
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  const modFile = kubernetesVersion === undefined ? undefined : await modFileFor(folder, kubernetesVersion);
  // A component of our own has code; the others are built where they lie in the module cache.
  const hasCode = component.programs.some((program) => 'package' in program && program.package === '.');
  const [mod, sum, code] = await Promise.all([
    read(modFile ?? 'go.mod').catch((error: unknown) => {
      throw new KinitError(`components/${component.name}/go.mod cannot be read`, {
        class: 'artifact',
        found: String(error),
        hint: 'Install kinit again, or use a whole checkout.',
      });
    }),
    component.module === undefined ? '' : read((modFile ?? 'go.mod').replace(/mod$/, 'sum')),
    hasCode ? codeOf(folder) : '',
  ]);
  const text = [mod, sum, code].join('\0');
  const goVersion = /^go (\S+)$/m.exec(mod)?.[1] ?? '1.26';
  if (component.module === undefined)
    return { version: '1.0.0', origin: `components/${component.name}`, text, goVersion };
  const version = requiredVersion(mod, component.module);
  if (version === undefined)
    throw new KinitError(`components/${component.name}/go.mod does not require ${component.module}`, {
      class: 'artifact',
      hint: `In components/${component.name}: go get ${component.module}@VERSION`,
    });
  const hash = sum
    .split('\n')
    .find((line) => line.startsWith(`${component.module ?? ''} ${version} h1:`))
    ?.split(' ')[2];
  return {
    version: bareVersion(version),
    origin: `${component.module} ${version}${hash === undefined ? '' : ` ${hash}`}`,
    text,
    goVersion,
    ...defined({ modFile }),
  };
}

/** The versions of a component that can be built: go.mod's first, then earlier ones, the newest of them first. */
export async function versionsOf(component: Component): Promise<string[]> {
  const files = await readdir(join(componentsFolder(), component.name)).catch((): string[] => []);
  const earlier = files.flatMap((file) => OF_VERSION.exec(file)?.[1] ?? []).sort((a, b) => compareVersions(b, a));
  const sources = await Promise.all([undefined, ...earlier].map((version) => readComponent(component, version)));
  return sources.map(({ version }) => version);
}

/** undefined: go.mod is what there is. */
async function modFileFor(folder: string, kubernetesVersion: string): Promise<string | undefined> {
  const files = await readdir(folder).catch((): string[] => []);
  return [kubernetesVersion, minorOf(kubernetesVersion)]
    .map((version) => `go-${version}.mod`)
    .find((file) => files.includes(file));
}

async function codeOf(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.go') && !file.endsWith('_test.go')).sort();
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\0');
}

/** A module's version without v and build data: '28.5.2' of 'v28.5.2+incompatible'. */
export function bareVersion(version: string): string {
  return version.replace(/^v/, '').replace(/[+].*$/, '');
}

/** The version a go.mod requires of a module. */
export function requiredVersion(mod: string, module: string): string | undefined {
  for (const line of mod.split('\n')) {
    const words = line
      .trim()
      .replace(/^require\s+/, '')
      .split(/\s+/);
    if (words[0] === module && words[1]?.startsWith('v') === true) return words[1];
  }
  return undefined;
}
