import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { kubernetes } from '../../../src/facts/subjects/kubernetes.js';
import { certificateWishes } from '../../../src/control-plane/index.js';
import { materialPaths } from '../../../src/pki/index.js';
import { sh } from '../../../src/shell/script.js';
import { runLocal } from '../../../src/ssh/local.js';
import { scratch } from '../../ssh/scratch.js';
import { makeContext } from '../../templates/context.js';

/** Runs the real script against a folder that stands for the host's root. */
async function look(files: Readonly<Record<string, string>>): Promise<ReturnType<typeof kubernetes.parse>> {
  const root = scratch();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  if ('/elsewhere/ca.crt' in files)
    symlinkSync(join(root, '/elsewhere/ca.crt'), join(root, '/etc/kubernetes/pki/ca.crt'));
  const script = sh(kubernetes.script).replaceAll('/etc/', `${root}/etc/`).replaceAll('/var/', `${root}/var/`);
  const { stdout } = await runLocal('sh', ['-c', `${script} 2>/dev/null`], { reject: false });
  return kubernetes.parse(stdout.replaceAll(`=${root}`, '='));
}

test('every path that certificates are looked for at is collected, to the byte', async () => {
  const texts = [
    '-----BEGIN X-----\nabc\n-----END X-----\n',
    'no last line break',
    '',
    '\n',
    'a\n\n b\n=/etc/passwd\n\n',
    'dos\r\n',
  ];
  const context = makeContext();
  const paths = materialPaths(certificateWishes(context));
  const files = Object.fromEntries(paths.map((path, index) => [path, texts[index % texts.length] ?? '']));
  const found = await look(files);
  expect(found.pki).toEqual(files);
  expect(found.membership).toBe('member');
});

test('a certificate that is a link to elsewhere is read', async () => {
  const found = await look({ '/elsewhere/ca.crt': 'mine\n', '/etc/kubernetes/pki/ca.key': 'k\n' });
  expect(found.pki).toEqual({ '/etc/kubernetes/pki/ca.crt': 'mine\n', '/etc/kubernetes/pki/ca.key': 'k\n' });
});

test('a host that kinit has changed has a journal, an empty folder is none', async () => {
  expect(await look({ '/var/lib/kinit/journal/1-file/id': 'x' })).toEqual({
    membership: 'none',
    journal: true,
    made: false,
    manifests: {},
    pki: {},
  });
  expect((await look({ '/var/lib/kinit/other': 'x' })).journal).toBe(false);
});
