import { access, chmod, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  requiredVersion,
  bareVersion,
  KUBERNETES_MODULE,
  STATIC_TAGS,
} from '../../../src/artifacts/build/components.js';
import { findGo, goEnvironment, moduleSettings, requireGo, type Go } from '../../../src/artifacts/build/go.js';
import { startProgress } from '../../../src/artifacts/progress.js';
import { buildFolder } from '../../../src/artifacts/store/paths.js';
import { kubernetesLinkerFlags } from '../../../src/artifacts/supplies/kubernetes.js';
import type { Arch } from '../../../src/model/artifact.js';
import { sha256Hex } from '../../../src/model/text/digest.js';
import { runLocal } from '../../../src/ssh/local.js';

/** Its go.mod has the versions, its go.sum what vouches for them, as components/ have; it is no component: no cluster needs it. */
const MODULE = fileURLToPath(new URL('../program', import.meta.url));

/** Packages by the names of their programs. The one that is a test is upstream's own. */
const PACKAGES = {
  'e2e.test': `${KUBERNETES_MODULE}/test/e2e`,
  ginkgo: 'github.com/onsi/ginkgo/v2/ginkgo',
  kubectl: `${KUBERNETES_MODULE}/cmd/kubectl`,
  agnhost: `${KUBERNETES_MODULE}/test/images/agnhost`,
  nonewprivs: `${KUBERNETES_MODULE}/test/images/nonewprivs`,
  'sample-apiserver': 'k8s.io/sample-apiserver',
  etcd: 'go.etcd.io/etcd/server/v3',
} as const;

export type ProgramName = keyof typeof PACKAGES;

export interface Programs {
  /** Where they lie, and what is made of them may. Another one for other versions, settings or another Go. */
  readonly folder: string;
  /** Of Kubernetes, without v. */
  readonly version: string;
  readonly arch: Arch;
  /** The folder of Kubernetes' sources. */
  readonly sources: string;
  path(name: ProgramName): string;
}

/** Where the largest is built from nothing, on a slow machine. */
const TIMEOUT_SECONDS = 3600;

/** Builds what is not there yet, into the folder of build caches: `kinit artifacts prune` empties it. */
export async function conformancePrograms(tell: (text: string) => void): Promise<Programs> {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const [mod, sum] = await Promise.all(['go.mod', 'go.sum'].map((file) => readFile(join(MODULE, file), 'utf8')));
  const go = requireGo(await findGo(), /^go (\S+)$/m.exec(mod ?? '')?.[1] ?? '');
  const version = bareVersion(requiredVersion(mod ?? '', KUBERNETES_MODULE) ?? '');
  const key = sha256Hex(JSON.stringify([mod, sum, go.version, arch, PACKAGES])).slice(0, 12);
  const folder = join(buildFolder(), 'conformance', key);
  const path = (name: ProgramName): string => join(folder, name);
  await mkdir(folder, { recursive: true });
  await mkdir(goEnvironment(arch, false)['GOTMPDIR'] ?? '', { recursive: true });

  const names = Object.keys(PACKAGES) as ProgramName[];
  const there = await Promise.all(names.map((name) => exists(path(name))));
  const missing = names.filter((_, i) => there[i] === false);
  const progress = startProgress(
    (event) => {
      if (event.type === 'progress') tell(event.text);
    },
    missing.length,
    60_000,
  );
  for (const name of missing)
    await progress.step(`${name} of Kubernetes ${version}`, async () => {
      const draft = `${path(name)}.${process.pid}`;
      await runGo(go, arch, buildArguments(name, version, draft));
      await chmod(draft, 0o755);
      await rename(draft, path(name));
    });
  const listed = await runGo(go, arch, ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', KUBERNETES_MODULE]);
  return { folder, version, arch, sources: listed.trim(), path };
}

/** As components are built, so that they share what is compiled. */
function buildArguments(name: ProgramName, version: string, output: string): string[] {
  const command = name.endsWith('.test') ? ['test', '-c', '-vet=off'] : ['build'];
  const ldflags = ['-s', '-w', ...kubernetesLinkerFlags(version)].join(' ');
  return [
    ...command,
    ...['-mod=readonly', '-trimpath', '-buildvcs=false', '-tags', STATIC_TAGS.join(' ')],
    ...['-ldflags', ldflags, '-o', output, PACKAGES[name]],
  ];
}

async function runGo(go: Go, arch: Arch, args: readonly string[]): Promise<string> {
  const env = { ...(await moduleSettings(go)), ...goEnvironment(arch, false) };
  return (await runLocal(go.command, args, { cwd: MODULE, env, timeoutSeconds: TIMEOUT_SECONDS })).stdout;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
