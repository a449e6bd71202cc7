import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kubeletServer, kubeletServerKind } from '../../../src/resources/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-kubelet-server-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const resource = (): ReturnType<typeof kubeletServer> =>
  kubeletServer({
    path: join(folder, 'kubelet.conf'),
    url: 'https://127.0.0.1:6444',
    caFile: '/ca.crt',
    members: ['https://10.0.0.1:6443', 'https://10.0.0.2:6443'],
  });

/** Programs that note their calls; kubectl says what the test has it say of each server. */
function run(
  script: string,
  says: Readonly<Record<string, string>>,
): { code: number | null; stderr: string; calls: string } {
  const program = (name: string, text: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${text}`);
    chmodSync(join(folder, name), 0o755);
  };
  const cases = Object.entries(says).map(([server, said]) => `*"--server ${server}"*) echo '${said}' ;;`);
  program('kubectl', `case "$*" in ${cases.join('\n')} esac\n`);
  program('systemctl', '');
  program('sleep', '');
  // The host's programs come first on a host; here those of the test do.
  const text = script.replace(/^PATH=.*$/m, `PATH="${folder}:/usr/bin:/bin"; export PATH`);
  const { status, stderr } = spawnSync('sh', ['-c', text], { encoding: 'utf8', timeout: 60_000 });
  let calls = '';
  try {
    calls = readFileSync(join(folder, 'calls'), 'utf8');
  } catch {
    // Nothing was called.
  }
  return { code: status, stderr, calls };
}

const CONF =
  'clusters:\n- cluster:\n    certificate-authority-data: AAAA\n    server: https://10.0.0.1:6443\n  name: k\n';

function move(says: Readonly<Record<string, string>>): ReturnType<typeof run> & { conf: string; mode: number } {
  const { path } = resource();
  writeFileSync(path, CONF, { mode: 0o600 });
  const [step] = kubeletServerKind.apply(resource(), 'https://10.0.0.1:6443');
  if (step?.do !== 'script') throw new Error('no script');
  const result = run(step.script, says);
  return { ...result, conf: readFileSync(path, 'utf8'), mode: statSync(path).mode & 0o777 };
}

test('nothing to do where it asks there already, and where it has no kubeconfig yet', () => {
  expect(kubeletServerKind.diff(resource(), 'https://127.0.0.1:6444').changed).toBe(false);
  expect(kubeletServerKind.diff(resource(), '').changed).toBe(false);
  expect(kubeletServerKind.diff(resource(), 'https://10.0.0.1:6443').changed).toBe(true);
});

test('what its kubeconfig leads to is read from the file', () => {
  const { path } = resource();
  writeFileSync(path, CONF);
  const { stdout } = spawnSync('sh', ['-c', kubeletServerKind.observe?.(resource()) ?? ''], { encoding: 'utf8' });
  expect(kubeletServerKind.parse?.(resource(), stdout)).toBe('https://10.0.0.1:6443');
});

test('once all answer it is led there and started again, with nothing else of the file changed', () => {
  const { code, conf, mode, calls } = move({
    'https://127.0.0.1:6444': 'ok',
    'https://10.0.0.1:6443': 'ok',
    'https://10.0.0.2:6443': 'Unable to connect to the server: connection refused',
  });
  expect({ code, conf, mode }).toEqual({
    code: 0,
    conf: CONF.replace('https://10.0.0.1:6443', 'https://127.0.0.1:6444'),
    mode: 0o600,
  });
  expect(calls.trim().split('\n').at(-1)).toBe('systemctl restart kubelet');
});

test.each([
  ['the balancer is silent', { 'https://127.0.0.1:6444': 'Unable to connect to the server: EOF' }, 'EOF'],
  [
    'an API server has no certificate for that address yet',
    {
      'https://127.0.0.1:6444': 'ok',
      'https://10.0.0.1:6443':
        'tls: failed to verify certificate: x509: certificate is valid for 10.0.0.1, not 127.0.0.1',
    },
    'not 127.0.0.1',
  ],
])('where %s the kubelet stays where it was', (_title, says, why) => {
  const { code, conf, calls, stderr } = move(says);
  expect({ code, conf }).toEqual({ code: 1, conf: CONF });
  expect(calls).not.toContain('systemctl');
  expect(stderr).toContain(why);
});
