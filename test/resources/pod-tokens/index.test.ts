import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { podTokens, podTokensKind } from '../../../src/resources/index.js';
import { look, run, SHELLS } from '../sh.js';

const OLD = 'b2xk-_YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY';
const NEW = 'bmV3-_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-pod-tokens-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const token = (kid: string): string =>
  `${Buffer.from(JSON.stringify({ alg: 'RS256', kid })).toString('base64url')}.c2VjcmV0.c2ln`;

/** As the kubelet writes it: a folder with the time in its name, and links. */
function pod(uid: string, content: string, volume = 'kube-api-access-x'): void {
  const at = join(folder, uid, 'volumes/kubernetes.io~projected', volume);
  mkdirSync(join(at, '..2026_11_28_05_00_00.1234'), { recursive: true });
  writeFileSync(join(at, '..2026_11_28_05_00_00.1234', 'token'), content);
  writeFileSync(join(at, '..2026_11_28_05_00_00.1234', 'ca.crt'), '-----BEGIN CERTIFICATE-----\n');
  symlinkSync('..2026_11_28_05_00_00.1234', join(at, '..data'));
  symlinkSync('..data/token', join(at, 'token'));
}

const resource = (): ReturnType<typeof podTokens> => podTokens(OLD, folder);

test.each(SHELLS)(
  '%s: pods with a token of the old key are known by it, once each; nothing of a token is printed',
  (shell) => {
    expect(look(shell, podTokensKind, resource())).toEqual([]);
    pod('uid-old', token(OLD));
    pod('uid-old', token(OLD), 'another');
    pod('uid-new', token(NEW));
    pod('uid-none', 'no token, though it says "kid":"'.concat(OLD, '"'));
    expect(look(shell, podTokensKind, resource())).toEqual(['uid-old']);
    const printed = run(shell, podTokensKind.observe?.(resource()) ?? '').stdout;
    expect(printed).not.toContain('eyJ');
  },
);

test('nothing is done where no pod has one; else the kubelet is started again', () => {
  expect(podTokensKind.diff(resource(), [])).toMatchObject({ changed: false });
  expect(podTokensKind.diff(resource(), ['a', 'b'])).toMatchObject({
    changed: true,
    change: { reason: '2 pods have tokens of the old key' },
  });
});

test.each(SHELLS)(
  '%s: the kubelet is waited for until its pods have others, and named where they get none',
  (shell) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    pod('uid-old', token(OLD));
    const program = (name: string, text: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    program('sleep', ':');
    program('systemctl', 'exit 0');
    const [step] = podTokensKind.apply(resource(), ['uid-old']);
    const script = step?.do === 'script' ? step.script : '';
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const late = run(shell, script, env);
    expect({ code: late.code, says: late.stderr.includes('pod=uid-old') }).toEqual({ code: 1, says: true });
    program('systemctl', `rm -r '${folder}/uid-old'`);
    expect(run(shell, script, env)).toMatchObject({ code: 0, stderr: '' });
  },
  60_000,
);
