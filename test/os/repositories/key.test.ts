import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defined } from '../../../src/model/defined.js';
import type { KinitError } from '../../../src/model/error.js';
import type { HostConnection } from '../../../src/model/host.js';
import type { Difference, Tools } from '../../../src/model/resource.js';
import { repositoryKey, repositoryKeyKind } from '../../../src/os/repositories/key/index.js';
import { publicKeys } from '../../../src/os/repositories/openpgp.js';
import type { RepositoryKey, WeakKeys } from '../../../src/os/repositories/repository.js';
import { WEAK_KEY } from '../../e2e/support/weak-key/index.js';
import { run, SHELLS, undoTexts, withHostAsync, type FakeHost, type Shell } from '../../resources/sh.js';

const PATH = '/etc/apt/keyrings/kinit-site.asc';
const KEYS = publicKeys(Buffer.from([0x98, 12, 4, 0x5f, 0, 0, 0, 1, 0, 8, 0xff, 0, 2, 3]));
const ARMORED = KEYS?.armored ?? '';
const [FINGERPRINT = ''] = KEYS?.fingerprints ?? [];
const URL = 'https://x.example/key';
const NOTHING = { sha256: '', mode: '', owner: '', stamp: '' };

type Key = ReturnType<typeof repositoryKey>;
const keyFrom = (key: RepositoryKey, weakKeys?: WeakKeys): Key =>
  repositoryKey({
    name: 'site',
    path: PATH,
    key,
    environment: { https_proxy: 'http://p:1' },
    ...defined({ weakKeys }),
  });

function look(host: FakeHost, shell: Shell, resource: Key): Difference {
  const { observe, parse, diff } = repositoryKeyKind;
  const { stdout } = run(shell, host.inside(observe?.(resource) ?? ''));
  return diff(resource, parse?.(resource, stdout.replace(/^owner=.*/m, 'owner=0:0')) ?? NOTHING);
}

/** What would run on a host runs on the fake one. */
async function apply(host: FakeHost, shell: Shell, resource: Key): Promise<void> {
  const [step] = repositoryKeyKind.apply(resource, NOTHING);
  if (step?.do !== 'call') throw new Error('no call');
  const connection = {
    host: 'n1',
    run: (script: string, { stdin }: { readonly stdin?: string } = {}) => {
      if (stdin === undefined) return Promise.resolve(run(shell, host.inside(script)));
      host.write('/stdin', stdin);
      return Promise.resolve(run(shell, `{\n${host.inside(script)}\n} < '${host.root}/stdin'`));
    },
  };
  await step.run({
    host: connection as unknown as HostConnection,
    progress: () => undefined,
  } as unknown as Tools);
}

const serves = (host: FakeHost, text: string): void => {
  host.write('/served', text);
  host.command(
    'curl',
    `while [ "$1" != -o ]; do shift; done; cat '${host.root}/served' > "$2"; echo "$https_proxy" > '${host.root}/proxy'`,
  );
};

for (const shell of SHELLS) {
  test(`${shell}: a key is fetched through the proxy, checked, written once, and goes at reset with rpm's trust in it`, async () => {
    await withHostAsync(async (host) => {
      serves(host, ARMORED);
      const short = FINGERPRINT.slice(-8).toLowerCase();
      host.command('rpm', `case "$1" in -q) cat '${host.root}/keys' 2> /dev/null;; esac`);
      host.write('/keys', 'gpg-pubkey-00000001-1\n');
      const resource = keyFrom({ from: { url: URL }, fingerprint: FINGERPRINT });
      const { save = '', restore } = undoTexts(repositoryKeyKind, resource, NOTHING);
      expect(look(host, shell, resource)).toMatchObject({ changed: true, change: { reason: 'not there' } });
      run(shell, host.inside(save), { D: host.saved });
      await apply(host, shell, resource);
      expect(host.read(PATH)).toBe(ARMORED);
      expect(host.read('/proxy')).toBe('http://p:1\n');
      expect(look(host, shell, resource)).toMatchObject({ changed: false });
      host.write('/keys', `gpg-pubkey-00000001-1\ngpg-pubkey-${short}-5f000000\n`);
      expect(run(shell, host.inside(restore), { D: host.saved })).toMatchObject({ code: 0 });
      expect(host.calls().filter((call) => call.startsWith('rpm -e'))).toEqual([
        `rpm -e --allmatches -- gpg-pubkey-${short}-5f000000`,
      ]);
      expect(look(host, shell, resource)).toMatchObject({ changed: true, change: { reason: 'not there' } });
    });
  });

  test(`${shell}: another key than the pinned one is not taken, nor is what is none; both are named`, async () => {
    await withHostAsync(async (host) => {
      serves(host, ARMORED);
      const failure = (key: RepositoryKey): Promise<KinitError['context']> =>
        apply(host, shell, keyFrom(key)).then(
          () => {
            throw new Error('taken');
          },
          (error: unknown) => (error as KinitError).context,
        );
      const other = await failure({ from: { url: URL }, fingerprint: 'A'.repeat(40) });
      expect(other).toMatchObject({
        class: 'refused',
        tried: URL,
        found: `fingerprint ${FINGERPRINT}; it should be ${'A'.repeat(40)}`,
      });
      serves(host, '<html>sign in</html>');
      expect(await failure({ from: { url: URL } })).toMatchObject({
        class: 'artifact',
        found: 'no public key of OpenPGP in it',
      });
      serves(host, readFileSync(WEAK_KEY, 'utf8'));
      const refusing = keyFrom(
        { from: { url: URL } },
        { refusedBy: 'the crypto policy DEFAULT', way: 'on the host: set it.' },
      );
      await expect(apply(host, shell, refusing)).rejects.toMatchObject({
        context: {
          class: 'refused',
          found: 'it vouches for its names by SHA-1 only, which the crypto policy DEFAULT does not take',
          hint: expect.stringMatching(/Or, on the host: set it\.$/) as string,
        },
      });
      host.command('curl', 'echo "curl: (7) Failed to connect" >&2; exit 7');
      expect(await failure({ from: { url: URL } })).toMatchObject({
        class: 'artifact',
        found: expect.stringContaining('Failed to connect') as string,
      });
      expect(look(host, shell, keyFrom({ from: { url: URL } }))).toMatchObject({ changed: true });
    });
  });
}

test('a key that comes from elsewhere now, or was changed by hand, is brought again', () => {
  const { diff } = repositoryKeyKind;
  const seen = { sha256: 'x', mode: '644', owner: '0:0', stamp: `x ${FINGERPRINT} ${URL}` };
  expect(diff(keyFrom({ from: { url: URL } }), seen).changed).toBe(false);
  const reasons = [
    diff(keyFrom({ from: { url: `${URL}2` } }), seen),
    diff(keyFrom({ from: { url: URL } }), { ...seen, sha256: 'y' }),
    diff(keyFrom({ from: { url: URL }, fingerprint: 'B' }), seen),
  ].map((difference) => (difference.changed ? difference.change.reason : 'none'));
  expect(reasons).toEqual(['comes from elsewhere now', 'not as kinit wrote it', 'is another one']);
});
