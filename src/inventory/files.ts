import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Spec } from '../model/spec.js';
import { expandHome } from '../model/text/home.js';
import type { Finding, Path } from './problem.js';
import { schemaAt } from './schema.js';

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

/** What is wrong with files on this machine: those that must be there, and those that may come later and are something else now. */
export async function missingFiles(resolved: Spec): Promise<Finding[]> {
  const findings = await Promise.all([
    ...localFiles(resolved).map(async (one) => found(one, await unreadable(one.file))),
    ...laterFiles(resolved).map(async ({ optional, ...one }) => found(one, await unfit(one.file, optional))),
  ]);
  return findings.flat();
}

interface LocalFile {
  readonly path: Path;
  readonly file: string;
}

function found({ path, file }: LocalFile, reason: string | undefined): Finding[] {
  return reason === undefined ? [] : [{ path, message: `${file}: ${reason}` }];
}

/**
 * Files of which some need not be there: without a name of its own a configuration of OpenSSH may be missing, first contact makes
 * known_hosts, and `kinit artifacts bundle` a bundle. /dev/null stands for an empty one.
 */
function laterFiles({ ssh, artifacts }: Spec): readonly (LocalFile & { readonly optional: boolean })[] {
  const { configFile, knownHostsFile } = ssh;
  const { bundleFile } = artifacts;
  const usual = schemaAt(['ssh', 'configFile'])?.default;
  return [
    ...(configFile === 'none'
      ? []
      : [
          {
            path: ['ssh', 'configFile'],
            file: configFile,
            optional: typeof usual === 'string' && configFile === resolve(expandHome(usual)),
          },
        ]),
    { path: ['ssh', 'knownHostsFile'], file: knownHostsFile, optional: true },
    ...(bundleFile === undefined ? [] : [{ path: ['artifacts', 'bundleFile'], file: bundleFile, optional: true }]),
  ];
}

function localFiles({ ssh, sudo, hosts, runtime, repositories, datastoreServer, pki }: Spec): LocalFile[] {
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

function accessFiles(path: Path, section: object | undefined): LocalFile[] {
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
    return isMissing(thrown) ? 'there is no such file' : 'this file cannot be read by you';
  }
}

async function unfit(file: string, optional: boolean): Promise<string | undefined> {
  try {
    if ((await stat(file)).isDirectory()) return 'this is a folder';
    await access(file, constants.R_OK);
    return undefined;
  } catch (thrown) {
    if (!isMissing(thrown)) return 'this file cannot be read by you';
    return optional ? undefined : 'there is no such file';
  }
}

function isMissing(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
