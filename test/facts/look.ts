import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kubernetes } from '../../src/facts/subjects/kubernetes.js';
import { sh } from '../../src/shell/script.js';
import { runLocal } from '../../src/ssh/local.js';
import { scratch } from '../ssh/scratch.js';

export interface Looked {
  /** What the script printed. */
  readonly output: string;
  readonly facts: ReturnType<typeof kubernetes.parse>;
}

/** Runs the real script against a folder that stands for the root of a host with these files. */
export async function lookAt(
  files: Readonly<Record<string, string>>,
  path = process.env['PATH'],
  root = scratch(),
): Promise<Looked> {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  if ('/elsewhere/ca.crt' in files) {
    mkdirSync(join(root, '/etc/kubernetes/pki'), { recursive: true });
    symlinkSync(join(root, '/elsewhere/ca.crt'), join(root, '/etc/kubernetes/pki/ca.crt'));
  }
  const script = sh(kubernetes.script, kubernetes.values)
    .replaceAll('/etc/', `${root}/etc/`)
    .replaceAll('/var/', `${root}/var/`)
    .replaceAll('/run/', `${root}/run/`)
    .replaceAll('/root/', `${root}/root/`);
  const { stdout } = await runLocal('/bin/sh', ['-c', `${script} 2>/dev/null`], {
    reject: false,
    env: { PATH: path ?? '' },
  });
  const output = stdout.replaceAll(root, '');
  return { output, facts: kubernetes.parse(output) };
}
