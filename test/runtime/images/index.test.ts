import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { ImageArtifact } from '../../../src/model/artifact.js';
import type { HostConnection } from '../../../src/model/host.js';
import type { Step, Tools } from '../../../src/model/resource.js';
import { containerd } from '../../../src/runtime/containerd/index.js';
import { images as imagesOf, imagesKind as makeKind, type ImagesSeen } from '../../../src/runtime/images/index.js';
import { argv, reason, run, SHELLS, withHost, withHostAsync, type FakeHost, type Shell } from '../../resources/sh.js';

const API: ImageArtifact = {
  name: 'kube-apiserver',
  refs: ['registry.k8s.io/kube-apiserver:v1.36.3'],
  archive: { localFile: '/a', sha256: 'a', size: 1 },
  digest: 'sha256:111',
  on: 'control-plane',
  pinned: true,
};
const PAUSE: ImageArtifact = {
  name: 'pause',
  refs: ['registry.k8s.io/pause:3.10', 'example.org/pause:3.10'],
  archive: { localFile: '/a', sha256: 'a', size: 1 },
  digest: 'sha256:222',
  on: 'all',
  pinned: true,
};
const PULLED: ImageArtifact = {
  name: 'nginx',
  refs: ['docker.io/library/nginx:1.27'],
  digest: 'sha256:333',
  on: 'smoke-test',
};
const imagesKind = makeKind(() => containerd, containerd.images.describe);
const images = (options: { images: readonly ImageArtifact[] }): ReturnType<typeof imagesOf> =>
  imagesOf({ runtime: 'containerd', ...options });
const R = images({ images: [API, PAUSE, PULLED] });

const LS = `REF TYPE DIGEST SIZE PLATFORMS LABELS
registry.k8s.io/kube-apiserver:v1.36.3 application/vnd.oci.image.manifest.v1+json sha256:111 172.4 MiB linux/amd64 io.cri-containerd.image=managed,io.cri-containerd.pinned=pinned
registry.k8s.io/pause:3.10 application/vnd.oci.image.manifest.v1+json sha256:222 1.4 MiB linux/amd64 io.cri-containerd.pinned=pinned
example.org/pause:3.10 application/vnd.oci.image.manifest.v1+json sha256:222 1.4 MiB linux/amd64 io.cri-containerd.pinned=pinned
docker.io/library/nginx@sha256:333 application/vnd.oci.image.index.v1+json sha256:333 20.3 MiB linux/amd64 -
`;
const THERE: ImagesSeen = new Map([
  ['registry.k8s.io/kube-apiserver:v1.36.3', { digests: ['sha256:111'], pinned: true }],
  ['registry.k8s.io/pause:3.10', { digests: ['sha256:222'], pinned: true }],
  ['example.org/pause:3.10', { digests: ['sha256:222'], pinned: true }],
  ['docker.io/library/nginx@sha256:333', { digests: ['sha256:333'], pinned: false }],
]);

test('nothing to do when every reference is there with its digest', () => {
  expect(imagesKind.diff(R, THERE)).toEqual({ changed: false, reason: '3 images are there' });
});

test('an image that came by a second digest, from another registry, is still the same', () => {
  const ref = 'registry.k8s.io/kube-apiserver:v1.36.3';
  const seen = (digests: string): ImagesSeen =>
    new Map([...THERE, ...(imagesKind.parse?.(R, `${ref} ${digests} pinned\n`) ?? [])]);
  expect(imagesKind.diff(R, seen('sha256:999,sha256:111'))).toMatchObject({ changed: false });
  expect(reason(imagesKind.diff(R, seen('sha256:999,sha256:1111')))).toBe('kube-apiserver has another digest');
});

test('a missing reference, another digest and a lost pin are told apart', () => {
  const seen = new Map(THERE).set('registry.k8s.io/kube-apiserver:v1.36.3', { digests: ['sha256:old'], pinned: true });
  seen.delete('docker.io/library/nginx@sha256:333');
  seen.set('registry.k8s.io/pause:3.10', { digests: ['sha256:222'], pinned: false });
  expect(reason(imagesKind.diff(R, seen))).toBe(
    'kube-apiserver has another digest; pause is not pinned; nginx is missing',
  );
  expect(imagesKind.apply(R, seen).map((step) => step.do)).toEqual(['call', 'call', 'script']);
});

test('what a host pulls goes by its digest: another image of the same tag is not it', () => {
  const moved = new Map(THERE).set('docker.io/library/nginx:1.27', { digests: ['sha256:999'], pinned: false });
  moved.delete('docker.io/library/nginx@sha256:333');
  expect(reason(imagesKind.diff(R, moved))).toBe('nginx is missing');
  // As a plan has it, before the registry was asked.
  const open = images({ images: [{ ...PULLED, digest: '' }] });
  expect(reason(imagesKind.diff(open, moved))).toContain('nginx is there, perhaps another one; digests not known yet');
});

test('only a lost pin streams nothing', () => {
  const seen = new Map(THERE).set('registry.k8s.io/pause:3.10', { digests: ['sha256:222'], pinned: false });
  expect(imagesKind.apply(R, seen).map((step) => step.do)).toEqual(['script']);
});

/** A connection whose pipe runs the script in a local shell inside the fake host. */
function tools(host: FakeHost, shell: Shell, told: string[]): Tools {
  const connection: Partial<HostConnection> = {
    host: 'node1',
    isFar: () => false,
    pipe: async (script, input) => {
      const result = spawnSync(argv(shell)[0] ?? '', [...argv(shell).slice(1), '-c', host.inside(script)], {
        input: await buffer(input),
        encoding: 'utf8',
      });
      return { code: result.status ?? -1, stdout: result.stdout, stderr: result.stderr };
    },
    run: (script) => Promise.resolve(run(shell, host.inside(script))),
  };
  return {
    host: connection as HostConnection,
    api: () => Promise.reject(new Error('no API here')),
    progress: (text) => told.push(text),
    begun: new Date(),
    signal: new AbortController().signal,
  };
}

async function call(step: Step | undefined, withTools: Tools): Promise<void> {
  if (step?.do !== 'call') throw new Error(`expected a call, got ${step?.do ?? 'nothing'}`);
  await step.run(withTools);
}

function archives(host: FakeHost): { wanted: ImageArtifact[]; digests: string[] } {
  const texts = ['first '.repeat(40_000), 'second '.repeat(9_000), 'x'.repeat(1000)];
  const wanted = texts.map((text, i): ImageArtifact => {
    writeFileSync(`${host.root}/archive${String(i)}`, text);
    return {
      name: `image${String(i)}`,
      refs: [`example.org/i:${String(i)}`],
      archive: { localFile: `${host.root}/archive${String(i)}`, sha256: String(i), size: text.length },
      on: 'all',
    };
  });
  return { wanted, digests: texts.map((text) => createHash('sha256').update(text.slice(0, 1000)).digest('hex')) };
}

for (const shell of SHELLS) {
  test(`${shell}: what ctr lists is understood`, () => {
    withHost((host) => {
      host.write('/ls', LS);
      host.command('ctr', `cat '${host.root}/ls'`);
      const observe = host.inside(imagesKind.observe?.(R) ?? '');
      expect(run(shell, observe)).toEqual({ code: 0, stdout: '', stderr: '' });
      const result = run(shell, observe.replace('[ -S', '[ -n'));
      expect(imagesKind.parse?.(R, result.stdout)).toEqual(THERE);
    });
  });

  test(`${shell}: all archives go over one stream, and each import gets exactly its own bytes, though ctr leaves some unread`, async () => {
    await withHostAsync(async (host) => {
      const { wanted, digests } = archives(host);
      host.command(
        'ctr',
        `case "$*" in *--help) exit;; esac; dd bs=1000 count=1 iflag=fullblock 2> /dev/null | sha256sum | cut -c1-64 >> '${host.root}/imported'`,
      );
      const told: string[] = [];
      for (const suffix of ['new', 'landed']) host.write(`/var/lib/kinit/parts/.kinit-part-0.${suffix}`, '');
      const [step] = imagesKind.apply(images({ images: [...wanted, ...wanted] }), new Map());
      await call(step, tools(host, shell, told));
      expect(host.read('/imported').trim().split('\n')).toEqual(digests);
      expect(told.at(-1)).toMatch(/^images: \d+ of \d+ MB$/);
      // What a run before had begun to bring as files is of no use any more.
      expect(existsSync(`${host.root}/var/lib/kinit/parts`)).toBe(false);
    });
  });

  test(`${shell}: to a host that is far they come as files, are imported from these, and the files go`, async () => {
    await withHostAsync(async (host) => {
      const { wanted, digests } = archives(host);
      host.command(
        'ctr',
        `case "$*" in *--help) exit;; esac; dd bs=1000 count=1 iflag=fullblock 2> /dev/null | sha256sum | cut -c1-64 >> '${host.root}/imported'`,
      );
      const parts = `${host.root}/var/lib/kinit/parts`;
      const near = tools(host, shell, []);
      const far: Partial<HostConnection> = {
        ...near.host,
        isFar: () => true,
        bring: (files) => {
          mkdirSync(parts, { recursive: true });
          for (const { localFile, sha256 } of files) copyFileSync(localFile, `${parts}/${sha256}`);
          return Promise.resolve(files.map(({ sha256 }) => `/var/lib/kinit/parts/${sha256}`));
        },
        upload: () => Promise.resolve(),
      };
      const [step] = imagesKind.apply(images({ images: wanted }), new Map());
      await call(step, { ...near, host: far as HostConnection });
      expect(host.read('/imported').trim().split('\n')).toEqual(digests);
      expect(existsSync(parts)).toBe(false);
    });
  });

  test(`${shell}: an import that fails is an error with what ctr said, and the ones after it are not tried`, async () => {
    await withHostAsync(async (host) => {
      const { wanted } = archives(host);
      host.command('ctr', 'echo "ctr: no space left on device" >&2; exit 1');
      const [step] = imagesKind.apply(images({ images: wanted }), new Map());
      await expect(call(step, tools(host, shell, []))).rejects.toMatchObject({
        context: { class: 'change', host: 'node1', found: 'ctr: no space left on device' },
      });
      expect(host.calls().filter((called) => !called.endsWith('--help'))).toHaveLength(1);
    });
  });

  test.each([
    ['manifest unknown', 'has others under their names'],
    ['failed to authorize: 401 Unauthorized', 'under runtime.registries in the inventory'],
    ['dial tcp: i/o timeout', 'Check that the host reaches the registry'],
  ])(`${shell}: a pull that fails names image and registry (%s)`, async (said, hint) => {
    await withHostAsync(async (host) => {
      host.command('crictl', `echo "${said}" >&2; exit 1`);
      const [step] = imagesKind.apply(images({ images: [PULLED] }), new Map());
      await expect(call(step, tools(host, shell, []))).rejects.toMatchObject({
        message: 'image docker.io/library/nginx@sha256:333 could not be pulled from docker.io',
        context: { class: 'artifact', found: said, hint: expect.stringContaining(hint) as string },
      });
    });
  });

  test(`${shell}: after loading, missing names are given, pinned ones pinned, and an image that did not arrive is an error`, async () => {
    await withHostAsync((host) => {
      host.command('ctr', `case "$*" in *" images ls") cat '${host.root}/ls';; esac`);
      const step = imagesKind.apply(images({ images: [PAUSE] }), new Map()).at(-1);
      const script = step?.do === 'script' ? step.script : 'false';
      host.write('/ls', LS.replace(/^example.*\n/m, ''));
      expect(run(shell, host.inside(script))).toMatchObject({ code: 0, stderr: '' });
      expect(
        host
          .calls()
          .slice(1)
          .map((line) => line.replace(/^.*k8s.io images /, '')),
      ).toEqual([
        'label registry.k8s.io/pause:3.10 io.cri-containerd.pinned=pinned',
        'tag --force registry.k8s.io/pause:3.10 example.org/pause:3.10',
        'label example.org/pause:3.10 io.cri-containerd.pinned=pinned',
      ]);
      host.write('/ls', LS.replaceAll('sha256:222', 'sha256:other'));
      const result = run(shell, host.inside(script));
      expect(result.code).toBe(1);
      expect(result.stderr).toContain(
        'the image registry.k8s.io/pause:3.10 is not there after loading with digest sha256:222',
      );
      return Promise.resolve();
    });
  });
}
