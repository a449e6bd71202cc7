import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Spec } from '../model/spec.js';
import { expandHome } from '../model/text/home.js';
import type { Finding, Path } from './problem.js';

/** The spec with every local path absolute: `~` is the operator's home, relative ones start from the inventory's folder. */
export function resolvePaths(spec: Spec, file: string): Spec {
  const full = (path: string): string => resolve(dirname(file), expandHome(path));
  const filesOf = <T extends object>(section: T): T => {
    const files = Object.entries(section).filter(
      ([key, value]) => ACCESS_FILES.includes(key) && typeof value === 'string',
    );
    return { ...section, ...Object.fromEntries(files.map(([key, value]) => [key, full(String(value))])) };
  };
  const sshWith = <T extends { readonly bastions?: readonly object[] | undefined }>(ssh: T): T => ({
    ...filesOf(ssh),
    ...(ssh.bastions === undefined ? {} : { bastions: ssh.bastions.map(filesOf) }),
  });
  const { ca, etcdCa, frontProxyCa, requestsDir } = spec.pki;
  const { bundleFile } = spec.artifacts;
  return {
    ...spec,
    ssh: {
      ...sshWith(spec.ssh),
      knownHostsFile: full(spec.ssh.knownHostsFile),
      configFile: spec.ssh.configFile === 'none' ? 'none' : full(spec.ssh.configFile),
    },
    sudo: filesOf(spec.sudo),
    hosts: spec.hosts.map((host) => ({
      ...host,
      ...(host.ssh === undefined ? {} : { ssh: sshWith(host.ssh) }),
      ...(host.sudo === undefined ? {} : { sudo: filesOf(host.sudo) }),
    })),
    runtime: {
      ...spec.runtime,
      registryMirrors: spec.runtime.registryMirrors.map((mirror) =>
        mirror.caFile === undefined ? mirror : { ...mirror, caFile: full(mirror.caFile) },
      ),
      registries: spec.runtime.registries.map(filesOf),
    },
    repositories: spec.repositories.map(filesOf),
    artifacts: {
      ...spec.artifacts,
      ...(bundleFile === undefined ? {} : { bundleFile: full(bundleFile) }),
    },
    ...(spec.datastoreServer === undefined ? {} : { datastoreServer: filesOf(spec.datastoreServer) }),
    pki: {
      ...spec.pki,
      ...(ca === undefined ? {} : { ca: filesOf(ca) }),
      ...(etcdCa === undefined ? {} : { etcdCa: filesOf(etcdCa) }),
      ...(frontProxyCa === undefined ? {} : { frontProxyCa: filesOf(frontProxyCa) }),
      ...(requestsDir === undefined ? {} : { requestsDir: full(requestsDir) }),
    },
  };
}

/** Keys of the ssh and sudo sections, of registries, repositories, CAs and the datastore's server, that name a file which must be there. */
const ACCESS_FILES: readonly string[] = [
  'identityFile',
  'passphraseFile',
  'passwordFile',
  'caFile',
  'certFile',
  'keyFile',
];

/** Files that must be there and readable. known_hosts need not: first contact makes it; nor a bundle: `kinit artifacts bundle` does. */
export async function missingFiles(resolved: Spec): Promise<Finding[]> {
  const wanted = localFiles(resolved);
  const findings = await Promise.all(
    wanted.map(async ({ path, file }): Promise<Finding[]> => {
      const reason = await unreadable(file);
      return reason === undefined ? [] : [{ path, message: `${file}: ${reason}` }];
    }),
  );
  return findings.flat();
}

function localFiles({
  ssh,
  sudo,
  hosts,
  runtime,
  repositories,
  datastoreServer,
  pki,
}: Spec): { readonly path: Path; readonly file: string }[] {
  const one = (path: Path, file: string | undefined): { path: Path; file: string }[] =>
    file === undefined ? [] : [{ path, file }];
  const cas = (['ca', 'etcdCa', 'frontProxyCa'] as const).flatMap((key) => [
    ...one(['pki', key, 'certFile'], pki[key]?.certFile),
    ...one(['pki', key, 'keyFile'], pki[key]?.keyFile),
  ]);
  return [
    ...accessFiles(['ssh'], ssh),
    ...accessFiles(['sudo'], sudo),
    ...hosts.flatMap((host, index) => [
      ...accessFiles(['hosts', index, 'ssh'], host.ssh),
      ...accessFiles(['hosts', index, 'sudo'], host.sudo),
    ]),
    ...runtime.registryMirrors.flatMap((mirror, index) =>
      one(['runtime', 'registryMirrors', index, 'caFile'], mirror.caFile),
    ),
    ...runtime.registries.flatMap((registry, index) => accessFiles(['runtime', 'registries', index], registry)),
    ...repositories.flatMap((repository, index) => accessFiles(['repositories', index], repository)),
    ...accessFiles(['datastoreServer'], datastoreServer),
    ...cas,
  ];
}

function accessFiles(path: Path, section: object | undefined): { readonly path: Path; readonly file: string }[] {
  const own = Object.entries(section ?? {}).flatMap(([key, value]) =>
    ACCESS_FILES.includes(key) && typeof value === 'string' ? [{ path: [...path, key], file: value }] : [],
  );
  const bastions: unknown = section !== undefined && 'bastions' in section ? section.bastions : undefined;
  return [
    ...own,
    ...(Array.isArray(bastions) ? bastions : []).flatMap((each: object, index) =>
      accessFiles([...path, 'bastions', index], each),
    ),
  ];
}

async function unreadable(file: string): Promise<string | undefined> {
  try {
    if (!(await stat(file)).isFile()) return 'this is not a file';
    await access(file, constants.R_OK);
    return undefined;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : 'this file cannot be read by you';
  }
}
