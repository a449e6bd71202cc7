import { join } from 'node:path';
import { z } from 'zod';
import type { Arch } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import { runLocal } from '../../ssh/local.js';
import { buildFolder } from '../store/paths.js';

export interface Go {
  /** Path or name of the go command. */
  readonly command: string;
  /** For example 1.26.8. */
  readonly version: string;
}

/** The go command of this machine; undefined where there is none. */
export async function findGo(): Promise<Go | undefined> {
  for (const command of ['go', '/usr/local/go/bin/go']) {
    const version = await goVersion(command);
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

/** Throws 'artifact' where Go is missing or older than needed. Distributions are often years behind, so kinit cannot install it. */
export function requireGo(go: Go | undefined, needed: string): Go {
  const hint = `Install Go ${needed} or newer from https://go.dev/dl/ (unpack it to /usr/local/go), or set artifacts.source: official in the inventory.`;
  if (go === undefined)
    throw new KinitError('Go is needed to build artifacts from source, and is not installed', {
      class: 'artifact',
      tried: 'go version',
      hint,
    });
  if (compareVersions(go.version, needed) < 0)
    throw new KinitError(`Go ${go.version} is too old to build artifacts from source`, {
      class: 'artifact',
      tried: `${go.command} version`,
      found: go.version,
      hint,
    });
  return go;
}

/** Where modules come from and what vouches for them: the user's to say, in the environment or by `go env -w`. */
const MODULE_SETTINGS = ['GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOPRIVATE', 'GONOPROXY', 'GOINSECURE', 'GOVCS', 'GOAUTH'];

/** The user's module settings as environment variables, whatever way they are set. */
export async function moduleSettings({ command }: Go): Promise<Record<string, string>> {
  const { stdout } = await runLocal(command, ['env', '-json', ...MODULE_SETTINGS], {
    timeoutSeconds: 20,
    env: { GOTOOLCHAIN: 'local' },
  });
  const values = z.record(z.string(), z.string()).parse(JSON.parse(stdout));
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/**
 * What `go build` runs with, besides moduleSettings(). All that would change the result (flags, workspaces, CPU level,
 * toolchain switches, experiments, C flags) is fixed here, also against what the user's environment says.
 */
export function goEnvironment(arch: Arch, cgo: boolean): Record<string, string> {
  return {
    // What `go env -w` has set: it would fill in wherever a variable below is empty.
    GOENV: 'off',
    GOMODCACHE: join(buildFolder(), 'go-mod'),
    GOCACHE: join(buildFolder(), 'go-build'),
    GOTMPDIR: join(buildFolder(), 'tmp'),
    GOOS: 'linux',
    GOARCH: arch,
    GOAMD64: 'v1',
    GOARM64: 'v8.0',
    CGO_ENABLED: cgo ? '1' : '0',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly',
    GOEXPERIMENT: '',
    GOFIPS140: 'off',
    CC: 'gcc',
    CGO_CFLAGS: '-O2 -g',
    CGO_CPPFLAGS: '',
    CGO_LDFLAGS: '-O2 -g',
  };
}

export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map((part) => Number.parseInt(part, 10));
  const right = b.split('.').map((part) => Number.parseInt(part, 10));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

async function goVersion(command: string): Promise<string | undefined> {
  try {
    const { code, stdout } = await runLocal(command, ['version'], {
      timeoutSeconds: 20,
      reject: false,
      env: { GOTOOLCHAIN: 'local' },
    });
    return code === 0 ? /go version go(\d+\.\d+(?:\.\d+)?)/.exec(stdout)?.[1] : undefined;
  } catch (error) {
    if (error instanceof KinitError && error.context.class === 'usage') return undefined;
    throw error;
  }
}
