import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ImageName } from '../../src/lab/images/names.js';
import { RUNTIMES } from '../../src/runtime/index.js';
import { CELL_HOST, testCell } from './support/cell.js';
import { kinit, type LabHandle } from './support/kinit.js';
import { changedInventory } from './support/running.js';
import { SIGNED_BY_WEAK_KEY, WEAK_KEY } from './support/weak-key/index.js';

/** What a person had configured on the host before, by the file of the kind; reset gives it back to the byte. */
const BEFORE: Readonly<Record<string, { readonly broken: string; readonly whole: string; readonly kept: string }>> = {
  '/etc/docker/daemon.json': {
    broken: '{"max-concurrent-downloads": 2,}',
    whole: '{"max-concurrent-downloads": 2,\n      "exec-opts": ["native.cgroupdriver=cgroupfs"]}',
    kept: '"max-concurrent-downloads": 2',
  },
};

/**
 * Each on another system, so that the test command has all of them: what stands first, and Debian 12, is what all other tests have;
 * runtime-change has Debian 11, redhat and yum Rocky 9. The whole matrix is `npm run test:matrix`.
 */
const IMAGE_OF: Readonly<Record<string, ImageName>> = { crio: 'debian-13', docker: 'centos-7' };

describe.each(RUNTIMES.slice(1))('$title', (runtime) => {
  const { id, configFile } = runtime;
  const own = BEFORE[configFile];
  const image = IMAGE_OF[id];
  testCell(
    {
      name: id,
      runtime,
      ...(image === undefined ? {} : { image }),
      files: own === undefined ? {} : { [configFile]: own.whole },
    },
    {
      bare: (cluster) => {
        if (image === 'debian-13') weakKeys(cluster);
        if (own === undefined) return;
        test('what cannot be merged stops init before anything is touched', async () => {
          const write = (text = ''): Promise<unknown> => cluster().sh(CELL_HOST, `printf %s '${text}' > ${configFile}`);
          await write(own.broken);
          const { code, stderr } = await kinit(['init', '-i', cluster().inventory]);
          expect({ code, stderr }).toEqual({ code: 13, stderr: expect.stringContaining('it is not JSON') as string });
          expect(await textOf(cluster(), configFile)).toBe(own.broken);
          await write(own.whole);
        });
      },
      running: (cluster) => {
        test('another runtime is refused on a running node, with the way out', async () => {
          const other = await changedInventory(cluster(), 'other', (text) =>
            text.replace(`name: ${id}\n`, `name: ${RUNTIMES[0].id}\n`),
          );
          const { code, stderr } = await kinit(['plan', '-i', other]);
          expect({ code, stderr }).toEqual({
            code: 20,
            stderr: expect.stringMatching(new RegExp(`${id} on ${CELL_HOST}[^]*kinit runtime change`)) as string,
          });
        });

        if (own === undefined) return;
        test('what a person had configured is still there', async () => {
          expect(await textOf(cluster(), configFile)).toContain(own.kept);
        });
      },
    },
  );
});

function weakKeys(cluster: () => LabHandle): void {
  test('a key by SHA-1, which apt of this release refuses, is refused before it is written', async () => {
    const inventory = await changedInventory(
      cluster(),
      'weak',
      (text) =>
        `${text}\nrepositories: [{name: site, url: "http://127.0.0.1:9/", suites: [/], keyFile: ${WEAK_KEY}}]\n`,
    );
    const { code, stderr } = await kinit(['init', '-i', inventory, '--only', 'repositories']);
    expect({ code, stderr }).toEqual({
      code: 20,
      stderr: expect.stringMatching(/by SHA-1 only, which apt of Debian GNU\/Linux 13 [^]*sign/) as string,
    });
    const { stdout } = await cluster().sh(
      CELL_HOST,
      `ls /etc/apt/keyrings; mkdir -p /root/site /root/lists && cd /root && printf %s '${SIGNED_BY_WEAK_KEY}' > site/InRelease
       printf %s '${readFileSync(WEAK_KEY, 'utf8')}' > weak.asc
       echo 'deb [signed-by=/root/weak.asc] file:/root/site /' > weak.list
       LC_ALL=C apt-get update -o Dir::Etc::SourceList=/root/weak.list -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists=/root/lists 2>&1
       rm -rf site lists weak.asc weak.list`,
    );
    expect(stdout).not.toContain('kinit-site');
    expect(stdout).toMatch(/is not bound[^]*SHA1 is not considered secure/);
  });
}

async function textOf(cluster: LabHandle, file: string): Promise<string> {
  return (await cluster.sh(CELL_HOST, `cat ${file}`)).stdout;
}
