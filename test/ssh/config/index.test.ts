import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { askOpenSsh } from '../../../src/ssh/config/ask.js';
import { openConfig } from '../../../src/ssh/config/index.js';
import { scratch } from '../scratch.js';

const folder = scratch();

function save(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

save('included.conf', 'IdentityFile ~/.ssh/from-include\nHost never\n  User wrong\nHost *.lab\n  Port 2200\n');
test('a folder for temporary files that is not there is told, with what to set', async () => {
  vi.stubEnv('TMPDIR', join(folder, 'nowhere'));
  const asked = askOpenSsh({ file: 'config', text: '' }, [{ name: 'node1', given: { defaultUser: 'root' } }]);
  await expect(asked).rejects.toMatchObject({
    exitCode: 12,
    context: { found: 'ENOENT', hint: expect.stringContaining('TMPDIR') as string },
  });
  vi.unstubAllEnvs();
});

const CONFIG = save(
  'config',
  `# comment
Port=2022
Host web !web-old
  HostName %h.example.com
  User "deploy"
  IdentityFile ~/.ssh/%r-%h-%n
  IdentityFile /keys/a\\ b
host   a? *.lab,x
\tUser glob
Host *.lab
  ProxyJump jump@[fd00::1]:2222,second
  IdentitiesOnly yes
  IdentityAgent ~/agent.sock
Match host *.example.com user deploy
  HostKeyAlias alias-%h
Match originalhost web exec "test %h = web.example.com -a %p = 2022"
  ProxyCommand nc %h %p # not a comment
Match !host web.example.com localuser *
  User later
Host inc.lab
  Include ${folder}/inc*.conf ${folder}/none*
  User afterinclude
Host 'quoted' "two words"
  User quoted
Match final host *.example.com
  Port 3000
Host proxied
  ProxyCommand none
  ProxyJump none
Match all
  User last
`,
);

/** ssh's own words for what it would do. */
function askSsh(destination: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const line of execFileSync('ssh', ['-G', '-F', CONFIG, destination], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split('\n')) {
    const [key = '', ...rest] = line.split(' ');
    values.set(key, [...(values.get(key) ?? []), rest.join(' ')]);
  }
  return values;
}

describe.skipIf(!existsSync('/usr/bin/ssh'))('the same as ssh -G says', () => {
  test.each(['web', 'web-old', 'ab', 'x.lab', 'inc.lab', 'quoted', 'proxied', 'other', '10.0.0.1', 'fd00::7'])(
    '%s',
    async (destination) => {
      const theirs = askSsh(destination);
      const ours = await openConfig(CONFIG)(destination, { defaultUser: theirs.get('user')?.[0] ?? '' });
      // kinit's home folder is $HOME, like everybody's; ssh's stands in the list of users.
      const home = (file: string): string =>
        file.replace(/^~/, homedir()).replace(new RegExp(`^${userInfo().homedir}/`), `${homedir()}/`);
      expect({
        hostname: ours.hostName,
        user: ours.user,
        port: String(ours.port),
        identityfile: ours.identityFiles.length === 0 ? undefined : ours.identityFiles.length,
        identitiesonly: ours.identitiesOnly,
        identityagent: ours.identityAgent,
        proxyjump: ours.proxyJump.join(',') || undefined,
        proxycommand: ours.proxyCommand,
        hostkeyalias: ours.hostKeyAlias,
      }).toEqual({
        hostname: theirs.get('hostname')?.[0],
        user: theirs.get('user')?.[0],
        port: theirs.get('port')?.[0],
        identityfile: ours.identityFiles.length === 0 ? undefined : theirs.get('identityfile')?.length,
        identitiesonly: theirs.get('identitiesonly')?.[0] === 'yes',
        identityagent: theirs.get('identityagent')?.map(home)[0],
        proxyjump: theirs.get('proxyjump')?.[0],
        proxycommand: theirs.get('proxycommand')?.[0]?.replace('%h', ours.hostName).replace('%p', String(ours.port)),
        hostkeyalias: theirs.get('hostkeyalias')?.[0],
      });
    },
  );
});

test('tokens, quotes and the home folder in names of key files', async () => {
  const found = await openConfig(CONFIG)('web', { defaultUser: 'root' });
  expect(found.identityFiles).toEqual([join(homedir(), '.ssh/deploy-web.example.com-web'), '/keys/a b']);
});

test('the user of the inventory counts as one that was given: Match user sees it', async () => {
  const file = save('users', 'Match user ops\n  Port 2222\nMatch all\n  User other\n');
  expect(await openConfig(file)('h', { user: 'ops', defaultUser: 'root' })).toMatchObject({ user: 'ops', port: 2222 });
  expect(await openConfig(file)('h', { defaultUser: 'root' })).toMatchObject({ user: 'other' });
});

test('without a file nothing is set; a file that is not there is an empty one', async () => {
  const nothing = { hostName: 'h', identityFiles: [], certificateFiles: [], identitiesOnly: false, proxyJump: [] };
  expect(await openConfig(undefined)('h', { defaultUser: 'root' })).toEqual(nothing);
  expect(await openConfig(join(folder, 'absent'))('h', { defaultUser: 'root' })).toEqual(nothing);
  const given = { user: 'ops', port: 2222 };
  expect(await openConfig(undefined)('h', { ...given, defaultUser: 'root' })).toEqual({ ...nothing, ...given });
});

test('a file that cannot be read, and one that includes itself for ever, say so', async () => {
  await expect(openConfig(folder)('h', { defaultUser: 'root' })).rejects.toThrow(
    `the SSH configuration ${folder} cannot be read`,
  );
  const loop = save('loop', `Include ${folder}/loop\n`);
  await expect(openConfig(loop)('h', { defaultUser: 'root' })).rejects.toThrow('cannot be read');
});

test('one look-up does not spoil another', async () => {
  const lookup = openConfig(CONFIG);
  expect((await lookup('web', { defaultUser: 'root' })).user).toBe('deploy');
  expect((await lookup('other', { defaultUser: 'root' })).user).toBe('later');
});

test('a known_hosts of the configuration is told from the one OpenSSH takes by default; none of them is a memory', async () => {
  const file = save(
    'known',
    `Host a\n  UserKnownHostsFile ~/.ssh/known_%h ${folder}/more\nHost b\n  UserKnownHostsFile /dev/null\nHost c\n  UserKnownHostsFile none\n`,
  );
  const files = async (host: string): Promise<unknown> =>
    (await openConfig(file)(host, { defaultUser: 'root' })).knownHostsFiles;
  expect(await files('a')).toEqual([join(homedir(), '.ssh/known_a'), join(folder, 'more')]);
  expect([await files('b'), await files('c'), await files('d')]).toEqual([undefined, undefined, undefined]);
});

test("a file that others may write to is read as ssh -F does, and ssh's own words name it", async () => {
  const file = save('shared', 'Host a\n  Port 2022\n');
  chmodSync(file, 0o666);
  expect(await openConfig(file)('a', { defaultUser: 'root' })).toMatchObject({ port: 2022 });
  const broken = save('broken', 'Host a\n  Prot 2022\n');
  await expect(openConfig(broken)('a', { defaultUser: 'root' })).rejects.toMatchObject({
    context: { found: expect.stringContaining(`${broken}: line 2: Bad configuration option: prot`) as string },
  });
});

describe('without OpenSSH', () => {
  const path = process.env['PATH'];
  beforeAll(() => (process.env['PATH'] = folder));
  afterAll(() => (process.env['PATH'] = path));

  test('only the inventory counts, and that is said once', async () => {
    const said: string[] = [];
    const lookup = openConfig(CONFIG, (text) => said.push(text));
    for (const host of ['web', 'ab'])
      expect(await lookup(host, { defaultUser: 'root' })).toEqual({
        hostName: host,
        identityFiles: [],
        certificateFiles: [],
        identitiesOnly: false,
        proxyJump: [],
      });
    expect(said).toEqual([
      `${CONFIG} is not read: OpenSSH is not installed. Only what the inventory says about SSH counts.`,
    ]);
  });

  test('where there is no configuration nothing is missed', async () => {
    const said: string[] = [];
    await openConfig(join(folder, 'absent'), (text) => said.push(text))('web', { defaultUser: 'root' });
    await openConfig(undefined, (text) => said.push(text))('web', { defaultUser: 'root' });
    expect(said).toEqual([]);
  });
});
