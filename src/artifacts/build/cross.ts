import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../../model/artifact.js';
import type { Emit } from '../../model/event.js';
import { KinitError } from '../../model/error.js';
import { runLocal } from '../../ssh/local.js';
import type { Component } from './components.js';
import type { Again } from './plan.js';
import { unpackPackages } from '../debian/mmdebstrap.js';
import { buildFolder, ownArch } from '../store/paths.js';
import { C_COMPILER, ensureTools, GLIB, LIBSECCOMP, MMDEBSTRAP, onPath, type Need } from './tools.js';

interface Work {
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** What is made again though it is there. */
  readonly again?: Again | undefined;
}

const TRIPLES: Readonly<Record<Arch, { readonly triple: string; readonly debian: string }>> = {
  amd64: { triple: 'x86_64-linux-gnu', debian: 'x86-64-linux-gnu' },
  arm64: { triple: 'aarch64-linux-gnu', debian: 'aarch64-linux-gnu' },
};

/** Whether C code for this architecture needs a compiler that is not this machine's own. */
export function isCross(arch: Arch): boolean {
  return process.platform !== 'linux' || arch !== ownArch();
}

/**
 * Puts the C tools a component needs on this machine and gives the environment `go build` uses them through; empty for
 * pure Go and for this machine's own architecture. Throws 'artifact' where they cannot be had here.
 */
export async function cEnvironment(component: Component, arch: Arch, work: Work): Promise<Record<string, string>> {
  if (!component.cgo.includes(arch)) return {};
  const seccomp = component.seccomp === true;
  if (!isCross(arch)) {
    await ensureTools([C_COMPILER, ...(seccomp ? [LIBSECCOMP] : []), ...(component.glib === true ? [GLIB] : [])], work);
    return {};
  }
  if (component.glib === true)
    throw new KinitError(`${component.name} cannot be built for ${arch} on this machine`, {
      class: 'artifact',
      found: 'its helpers in C link against GLib, which is not fetched for other architectures',
      hint: `Build on a machine of that architecture: kinit artifacts build.`,
    });
  const { triple, debian } = TRIPLES[arch];
  const compiler: Need = {
    what: `a C compiler for ${arch}`,
    debianPackages: [`gcc-${debian}`, `libc6-dev-${arch}-cross`, 'pkg-config'],
    present: async () => (await onPath(`${triple}-gcc`)) && (await onPath('pkg-config')),
  };
  await ensureTools(seccomp ? [compiler, MMDEBSTRAP] : [compiler], work);
  if (!seccomp) return { CC: `${triple}-gcc` };
  const sysroot = await makeSysroot(arch, triple, work);
  return {
    CC: `${triple}-gcc`,
    PKG_CONFIG_LIBDIR: join(sysroot, 'usr', 'lib', triple, 'pkgconfig'),
    PKG_CONFIG_SYSROOT_DIR: sysroot,
  };
}

/** libseccomp of the other architecture in a folder of its own: dpkg's list of architectures on this machine stays as it is. */
async function makeSysroot(arch: Arch, triple: string, { signal, again = 'nothing' }: Work): Promise<string> {
  const sysroot = join(buildFolder(), `sysroot-${arch}`);
  const library = join('usr', 'lib', triple, 'libseccomp.a');
  if (
    again === 'nothing' &&
    (await access(join(sysroot, library)).then(
      () => true,
      () => false,
    ))
  )
    return sysroot;
  const scratch = `${sysroot}.${process.pid}`;
  await mkdir(scratch, { recursive: true });
  try {
    const tar = `${scratch}/all.tar`;
    await unpackPackages({ packages: ['libseccomp-dev'], arch, file: tar, signal });
    await runLocal('tar', ['-xf', tar, '-C', scratch, '--no-same-owner', './usr/include', `./usr/lib/${triple}`], {
      timeoutSeconds: 120,
      signal,
    });
    await access(join(scratch, library));
    await rm(tar);
    await rm(sysroot, { recursive: true, force: true });
    await rename(scratch, sysroot);
    return sysroot;
  } catch (error) {
    if (error instanceof KinitError && error.context.class === 'interrupted') throw error;
    throw new KinitError(`libseccomp for ${arch} could not be fetched`, {
      class: 'artifact',
      found: error instanceof KinitError ? (error.context.found ?? error.message) : String(error),
      cause: error,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
