import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.js';
import { main } from '../../src/cli/main.js';
import { fakeIo } from './fake-io.js';

const folder = mkdtempSync(join(tmpdir(), 'kinit-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function kinit(
  words: string,
  options: Parameters<typeof fakeIo>[0] = {},
): Promise<{ code: number; out: string; err: string }> {
  const io = fakeIo(options);
  const code = await main(
    words
      .split(' ')
      .filter((word) => word !== '')
      // As a shell hands an empty word over.
      .map((word) => word.replaceAll("''", '')),
    io,
  );
  return { code, out: io.out(), err: io.err() };
}

const groups = {
  token: ['create', 'list', 'delete'],
  artifacts: ['build', 'list', 'prune', 'pull'],
  lab: ['up', 'list', 'ssh', 'exec', 'down'],
  inventory: ['check', 'schema'],
};
const all = [
  ...commands.map(({ name }) => name),
  ...Object.entries(groups).flatMap(([group, members]) => members.map((member) => `${group} ${member}`)),
];

test.each(all)('kinit %s --help names the command, its options and an example, and runs nothing', async (command) => {
  const { code, out, err } = await kinit(`${command} --help`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`kinit ${command}`);
  expect(out).toContain('--output');
  expect(out).toMatch(/Examples:\n\s+kinit /);
});

test('--help lists every command and says that this is not Kerberos', async () => {
  const { code, out } = await kinit('--help');
  expect(code).toBe(0);
  for (const { name } of commands) expect(out).toContain(`kinit ${name}`);
  expect(out).toContain('Kerberos');
});

test('--version prints the version of package.json', async () => {
  expect(await kinit('--version')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
});

test('kinit -V alone asks for the version, and -v alone is not taken for Kerberos either', async () => {
  expect(await kinit('-V')).toEqual(await kinit('--version'));
  expect((await kinit('-v')).err).toContain('Commands:');
});

test('without a command the help goes to standard error, and a script sees a failure', async () => {
  const { code, out, err } = await kinit('');
  expect({ code, out }).toEqual({ code: 10, out: '' });
  expect(err).toContain('kinit init');
});

test.each(['user@EXAMPLE.ORG', '-kt /etc/krb5.keytab host/a@EXAMPLE.ORG', '-R', '-V user'])(
  'kinit %s is answered with where Kerberos is',
  async (words) => {
    const { code, err } = await kinit(words);
    expect(code).toBe(10);
    expect(err).toContain(`/usr/bin/kinit ${words}`);
    expect(err).toContain('kinit-cluster');
    expect(err).not.toContain('Commands:');
  },
);

test('an @ in an argument of a command is no principal', async () => {
  const { err } = await kinit('init user@host');
  expect(err).toContain('kinit init takes no argument "user@host"');
});

test.each([
  ['inti', 'Did you mean kinit init?'],
  ['artefacts list', 'Did you mean kinit artifacts?'],
  ['token crate', 'Did you mean kinit token create?'],
  ['lab ex', 'Did you mean kinit lab exec?'],
  ['xyzzy', 'Commands: init, join'],
  ['token', 'Commands: create, list, delete'],
  ['init --frobnicate', 'See kinit init --help'],
  ['check ha --frobnicate', 'See kinit check ha --help'],
  ['token delete', 'kinit token delete needs <token..>\n  next:  For example: kinit token delete abcdef.'],
  ['token delete ../x', 'found: nothing before the dot'],
  ['token delete abcdef.secret ABCDEF.secret', 'found: ABCDEF\n  next:  Name its first six'],
  ['init --lock-wait xx', '0: stop and say who it is.'],
  ['datastore backup', 'kinit datastore backup needs --file\n  next:  For example: kinit datastore backup --file'],
  ['init --skip', 'See kinit init --help'],
  ['init -o xml', 'See kinit init --help'],
  ['plan --parallel 0', ''],
  ['lab exec node1', 'kinit lab exec node1 -- uptime'],
  ['lab up --memory much', '2G'],
  ['init -- uptime', 'kinit init takes nothing after --: "uptime"'],
  ['lab ssh node1 uptime', 'kinit lab ssh takes no argument "uptime"'],
  ['kubeconfig --merge --out x', 'KUBECONFIG'],
  ['token create --ttl soon', '0: for ever.'],
  ['token create --control-plane --ttl 7d', 'two hours at most'],
])(
  'kinit %s is a usage error with a next step',
  async (words, hint) => {
    const file = join(folder, 'usage.yaml');
    writeFileSync(file, good);
    const { code, out, err } = await kinit(/^(plan|init --lock)/.test(words) ? `${words} -i ${file}` : words);
    expect({ code, out }).toEqual({ code: 10, out: '' });
    expect(err).toContain(hint);
    // The first command of the lab loads all of it, which takes its time beside other tests.
  },
  60_000,
);

test.each([
  ["init --only ''", '--only was given, and names nothing'],
  ['plan --only=,', 'It takes: Only these phases'],
  ['join --skip ,', '--skip was given'],
  ["check --ignore-preflight ''", 'It takes: Checks whose errors do not stop the run'],
  ["plan -i ''", '--inventory was given, and is empty'],
  ["plan --out ''", '--out was given, and is empty'],
  ["reset --yes ''", '<host> was given, and is empty'],
  ["token delete ''", '<token> was given, and is empty'],
])('kinit %s: what is given and empty is no wish to leave it out', async (words, said) => {
  const { code, err } = await kinit(words);
  expect({ code, err }).toEqual({ code: 10, err: expect.stringContaining(said) as string });
});

test('with --output json an error is one JSON line on standard output, also where the arguments are wrong', async () => {
  for (const words of ['init --frobnicate --output json', 'init -o json -i /nowhere.yaml', 'inti --output=json']) {
    const { code, out, err } = await kinit(words);
    expect(err).toBe('');
    expect(out.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({ type: 'error', exitCode: code });
  }
});

const good = 'hosts:\n  - { name: a, address: 192.0.2.1, roles: [control-plane] }\n';

test('inventory check tells every problem with its place and exits with 11', async () => {
  const file = join(folder, 'bad.yaml');
  writeFileSync(file, 'hosts:\n  - name: Node_1\n    adress: 192.0.2.1\n');
  const { code, out } = await kinit(`inventory check -i ${file}`);
  expect(code).toBe(11);
  expect(out).toContain(`${file}:2:`);
  expect(out).toContain(`${file}:3:`);
});

test('the inventory comes from KINIT_INVENTORY where --inventory is not given', async () => {
  const file = join(folder, 'env.yaml');
  writeFileSync(file, good);
  expect(await kinit('inventory check', { env: { KINIT_INVENTORY: file } })).toMatchObject({
    code: 0,
    out: `${file}: no problems\n`,
  });
});

test('inventory schema prints JSON and nothing else; --output json wraps it', async () => {
  const plain = await kinit('inventory schema');
  expect(JSON.parse(plain.out)).toHaveProperty('properties.hosts');
  const wrapped = await kinit('inventory schema --output json');
  expect(JSON.parse(wrapped.out)).toMatchObject({
    type: 'result',
    command: 'inventory schema',
    result: { type: 'object' },
  });
});

test('with --output json a list is one line for each element', async () => {
  const { code, out } = await kinit('phases -o json');
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string });
  expect(code).toBe(0);
  expect(rows[0]).toMatchObject({ id: 'preflight', after: [] });
  expect(rows.map(({ id }) => id)).toContain('kubelet');
});

test('reset without a terminal and without --yes stops before anything is touched', async () => {
  const file = join(folder, 'reset.yaml');
  writeFileSync(file, good);
  const { code, err } = await kinit(`reset -i ${file}`);
  expect(code).toBe(10);
  expect(err).toContain('--yes');
  expect(err).toContain('Reset a?');
});

test('--verbose tells of a usage error no more than is of use', async () => {
  expect((await kinit('inti --verbose')).err).not.toContain('at ');
});

test.each([
  ['--runtime cri-o', /--runtime knows no 'cri-o'\n +next: +One of: containerd, crio, docker\./],
  ['--control-plane k3s', /--control-plane knows no 'k3s'\n +next: +One of: static-pods, embedded\./],
])('artifacts build %s: what it could be is told, and nothing is built', async (option, said) => {
  expect(await kinit(`artifacts build ${option}`)).toMatchObject({
    code: 10,
    err: expect.stringMatching(said) as string,
  });
});
