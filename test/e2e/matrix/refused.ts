import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { ImageName } from '../../../src/lab/images/names.js';
import { CELL_HOST } from '../support/cell.js';
import { kinit, lab, type LabHandle } from '../support/kinit.js';

/** Why a cell of the matrix cannot be, and how kinit says so. */
export interface Refused {
  /** For people. */
  readonly reason: string;
  readonly code: number;
  readonly words: RegExp;
}

const TOO_OLD = (name: string, version: string, needed: string): Refused => ({
  reason: `its package ${name} is older than ${needed}`,
  code: 13,
  words: new RegExp(
    `${CELL_HOST}: runtime-package: ${name.replace('.', '\\.')} ${version}\\S* \\(needed: ${needed}: [^]*runtime\\.from: docker, [^]*or runtime\\.from: artifacts`,
  ),
});

const NO_PACKAGE: Refused = {
  reason: 'the distribution has no package of it',
  code: 13,
  words: new RegExp(
    `${CELL_HOST}: runtime-package: \\S.* has none of [^]*runtime\\.from: docker, [^]*or runtime\\.from: artifacts`,
  ),
};

/** It is the inventory that is wrong: no host is asked. */
const OWN_ONLY: Refused = {
  reason: "it comes as kinit's own artifacts only",
  code: 11,
  words: /runtime\.from: .*CRI-O comes as kinit's own artifacts only[^]*No host was touched/,
};

/** By `runtime.from`, image and runtime; a runtime alone stands for all images. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, Refused>>>> = {
  distribution: {
    crio: OWN_ONLY,
    'debian-11 containerd': TOO_OLD('containerd', '1\\.4', '1.6'),
    'debian-11 docker': TOO_OLD('docker.io', '20\\.10', '23'),
    'debian-12 docker': TOO_OLD('docker.io', '20\\.10', '23'),
    'ubuntu-22.04 docker': TOO_OLD('docker.io', '20\\.10', '23'),
    'rocky-9 containerd': NO_PACKAGE,
    'rocky-9 docker': NO_PACKAGE,
    'centos-7 containerd': NO_PACKAGE,
    'centos-7 docker': NO_PACKAGE,
  },
  docker: { crio: OWN_ONLY },
};

/** Name of a cell's lab: short, and without what names of hosts cannot have. */
export const labOf = (image: ImageName, runtime: string): string => `${image.replace(/\..*$/, '')}-${runtime}`;

/** How a cell is refused by design; undefined: it is lived through. */
export function refusedBy(from: string, image: ImageName, runtime: string): Refused | undefined {
  const table = REFUSED[from] ?? {};
  return table[`${image} ${runtime}`] ?? table[runtime];
}

/** Tests that init refuses the cell, with the reason, before anything is touched. */
export function testRefusal(
  { reason, code, words }: Refused,
  { image, runtime, from }: { readonly image: ImageName; readonly runtime: string; readonly from: string },
): void {
  let cluster: LabHandle;

  beforeAll(async () => {
    cluster = await lab(labOf(image, runtime), { hosts: 1, image });
    const text = await readFile(cluster.inventory, 'utf8');
    await writeFile(cluster.inventory, `${text}\n${stringify({ runtime: { name: runtime, from } })}`);
  });

  afterAll(async () => {
    await cluster.down();
  });

  test.each(['init', 'plan'])(`refused by %s: ${reason}`, async (command) => {
    const said = await kinit([command, '-i', cluster.inventory]);
    expect({ code: said.code, stderr: said.stderr }).toEqual({ code, stderr: expect.stringMatching(words) as string });
    const { stdout } = await cluster.sh(CELL_HOST, 'ls -d /var/lib/kinit 2>&1', { reject: false });
    expect(stdout).toContain('No such file');
  });
}
