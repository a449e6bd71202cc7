import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutWhen } from '../e2e/support/cuts.js';
import { FORM } from '../e2e/support/form.js';
import { kinit, kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { tell, watchServers } from '../e2e/support/servers.js';

/** Three control planes and a worker; with KINIT_TEST_FORM=embedded one server of one process and a worker. */
const EMBEDDED = FORM === 'embedded';
const CONTROL_PLANES = EMBEDDED ? 1 : 3;
let cluster: LabHandle;
let inventory: string;
let addresses: string[];

beforeAll(async () => {
  cluster = await lab('rotation-keys', { hosts: CONTROL_PLANES + 1 });
  inventory = await changedInventory(cluster, 'keys', (text) => {
    addresses = [...text.matchAll(/address: (\S+)/g)].map(([, address = '']) => address).slice(0, CONTROL_PLANES);
    return EMBEDDED
      ? `${text}\ncontrolPlane: {mode: embedded}\ndatastore: etcd\n`
      : text.replace(/- worker/, '- control-plane').replace(/- worker/, '- control-plane');
  });
  await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1500 });
});

afterAll(async () => {
  await cluster.down();
});

const ROTATE = ['certs', 'rotate-keys', 'service-accounts', '--yes'];
const rotate = (): ReturnType<typeof kinit> => kinit([...ROTATE, '-i', inventory], { timeoutSeconds: 1500 });
const keyIds = async (): Promise<string[]> =>
  (JSON.parse(await cluster.kubectl('get --raw /openid/v1/jwks')) as { keys: { kid: string }[] }).keys.map(
    ({ kid }) => kid,
  );
const keyOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
const secretToken = async (): Promise<string> =>
  Buffer.from(await cluster.kubectl("get secret deployer -o jsonpath='{.data.token}'"), 'base64').toString();
const whoami = async (token: string): Promise<string> => {
  const { stdout, stderr } = await cluster.sh(
    'node1',
    `kubectl --kubeconfig /dev/null --server https://${addresses[0] ?? ''}:6443 --insecure-skip-tls-verify --token ${token} auth whoami -o jsonpath='{.status.userInfo.username}' 2>&1`,
    { reject: false },
  );
  return `${stdout}${stderr}`;
};

test('the key for service-account tokens is replaced, killed in every stage; pods get other tokens; a Secret with one is named', async () => {
  await cluster.kubectl('create serviceaccount deployer');
  await cluster.sh(
    'node1',
    `printf '%s' '{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{"name":"deployer","annotations":{"kubernetes.io/service-account.name":"deployer"}}}' | kubectl --kubeconfig /etc/kubernetes/admin.conf create -f -`,
  );
  await expect.poll(secretToken, { timeout: 30_000 }).toMatch(/^eyJ/);
  const [token, [old = '']] = [await secretToken(), await keyIds()];
  const askedFor = (await cluster.kubectl('create token deployer')).trim();
  expect(await whoami(askedFor)).toContain('system:serviceaccount:default:deployer');
  expect(keyOf(token)).toBe(old);
  const stop = watchServers(addresses);

  const dry = await kinitOk([...ROTATE.slice(0, -1), '--dry-run', '-i', inventory]);
  expect(dry.stdout).toContain('sa-next.key');
  expect(await keyIds()).toEqual([old]);

  const inTrust = await cutWhen([...ROTATE, '-i', inventory], async (events) => {
    for await (const event of events) if (event.type === 'change-applied' && event.phase === 'control-plane') break;
  });
  expect(inTrust).toBe('killed');
  const inReissue = await cutWhen([...ROTATE, '-i', inventory], async (events) => {
    for await (const event of events) if (event.type === 'change-applied' && event.phase === 'tokens') break;
  });
  expect(inReissue).toBe('killed');
  const named = await rotate();
  expect({ code: named.code, told: named.stderr.includes('default/deployer') }).toEqual({ code: 20, told: true });
  const both = await keyIds();
  expect(both).toHaveLength(2);
  expect(await whoami(token)).toContain('system:serviceaccount:default:deployer');

  await cluster.kubectl(`-n default patch secret deployer --type=json -p='[{"op":"remove","path":"/data/token"}]'`);
  await expect
    .poll(async () => (await secretToken()) !== '' && keyOf(await secretToken()), { timeout: 60_000 })
    .not.toBe(old);
  const inFinish = await cutWhen([...ROTATE, '-i', inventory], async (events) => {
    for await (const event of events)
      if (event.type === 'change-applied' && event.change.resource.includes('sa-former.pub')) break;
  });
  expect(inFinish).toBe('killed');
  const through = await rotate();
  // Cut behind the last control plane's files, what is left is done by init; before that, by the same command.
  if (through.code !== 0) {
    expect(through.stderr).toContain('was made today');
    await kinitOk(['init', '-i', inventory], { timeoutSeconds: 900 });
  }
  const gaps = await stop();
  tell('key for service-account tokens replaced', gaps);
  if (!EMBEDDED) expect(gaps.any).toBeLessThanOrEqual(5);

  const after = await keyIds();
  expect(after).toHaveLength(1);
  expect(after).not.toContain(old);
  for (const ended of [token, askedFor]) expect(await whoami(ended)).not.toContain('deployer');
  expect(await whoami(await secretToken())).toContain('system:serviceaccount:default:deployer');
  for (let number = 1; number <= CONTROL_PLANES; number += 1) {
    const files = await cluster.sh(
      `node${String(number)}`,
      'ls /etc/kubernetes/pki; stat -c %a /etc/kubernetes/pki/sa.*',
    );
    expect(files.stdout).not.toMatch(/sa-(next|former)/);
    expect(files.stdout.trim().split('\n').slice(-2)).toEqual(['600', '600']);
  }
  const { stdout } = await kinitOk(['plan', '-i', inventory]);
  expect(stdout).toContain('Nothing to change.');
});

/** How what etcd has of Secrets begins, up to the name of the key, with how many do. */
async function beginnings(): Promise<Record<string, number>> {
  const { stdout } = await cluster.sh(
    'node1',
    `ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key etcdctl --endpoints https://127.0.0.1:2379 get /registry/secrets/ --prefix -w fields | sed -n 's/^"Value" : "\\(k8s:enc:[^:]*:v1:[^:]*:\\).*/\\1/p; t; s/^"Value" : .*/plain/p' | sort | uniq -c`,
  );
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' '))
      .map(([count = '', name = '']) => [name, Number(count)]),
  );
}

const ENCRYPTION = ['certs', 'rotate-keys', 'encryption', '--yes'];
const CONFIG = '/etc/kubernetes/encryption-config.yaml';

test('the key that Secrets are stored with is replaced, killed in every stage: none is left with the old one, and all can be read', async () => {
  await cluster.sh(
    'node1',
    'for i in $(seq 1 700); do printf \'{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s%s"},"stringData":{"a":"value-%s"}}\\n\' "$i" "$i"; done | kubectl --kubeconfig /etc/kubernetes/admin.conf create -f - > /dev/null',
    { timeoutSeconds: 600 },
  );
  const before = await beginnings();
  expect(Object.keys(before)).toEqual(['k8s:enc:secretbox:v1:key1:']);
  const old = (await cluster.sh('node1', `sed -n 's/.*secret: //p' ${CONFIG}`)).stdout.trim();
  const stop = watchServers(addresses);

  const dry = await kinitOk([...ENCRYPTION.slice(0, -1), '--dry-run', '--output', 'json', '-i', inventory]);
  expect(dry.stdout + dry.stderr).not.toContain(old);
  const inTrust = await cutWhen([...ENCRYPTION, '-i', inventory], async (events) => {
    for await (const event of events) if (event.type === 'change-applied' && event.phase === 'control-plane') break;
  });
  const inReissue = await cutWhen([...ENCRYPTION, '-i', inventory], async (events) => {
    for await (const event of events)
      if (event.type === 'progress' && /^[1-9]\d* objects written anew/.test(event.text)) break;
  });
  const mixed = await beginnings();
  const inFinish = await cutWhen([...ENCRYPTION, '-i', inventory], async (events) => {
    let written = false;
    for await (const event of events) {
      if (event.type !== 'change-applied') continue;
      if (event.phase === 'stored-data') written = true;
      else if (written && event.phase === 'control-plane') break;
    }
  });
  expect([inTrust, inReissue, inFinish]).toEqual(['killed', 'killed', 'killed']);
  expect(Object.keys(mixed).length).toBeGreaterThan(0);
  const through = await kinit([...ENCRYPTION, '-i', inventory], { timeoutSeconds: 1500 });
  if (through.code !== 0) {
    expect(through.stderr).toContain('was made today');
    await kinitOk(['init', '-i', inventory], { timeoutSeconds: 900 });
  }
  const gaps = await stop();
  tell('key that Secrets are stored with replaced', gaps);
  if (!EMBEDDED) expect(gaps.any).toBeLessThanOrEqual(5);

  const after = await beginnings();
  expect(Object.keys(after)).toHaveLength(1);
  expect(Object.keys(after)[0]).toMatch(/^k8s:enc:secretbox:v1:kinit-2/);
  expect(Object.values(after)[0]).toBeGreaterThanOrEqual(700);
  expect(Buffer.from(await cluster.kubectl("get secret s700 -o jsonpath='{.data.a}'"), 'base64').toString()).toBe(
    'value-700',
  );
  for (let number = 1; number <= CONTROL_PLANES; number += 1) {
    const { stdout } = await cluster.sh(
      `node${String(number)}`,
      `stat -c %a ${CONFIG}; grep -c 'secret:' ${CONFIG}; cat ${CONFIG}`,
    );
    expect(stdout).toMatch(/^600\n1\n/);
    expect(stdout).not.toContain(old);
  }
  const { stdout } = await kinitOk(['plan', '-i', inventory]);
  expect(stdout).toContain('Nothing to change.');
});

test('both keys are replaced by one command; a token of a Secret that nobody gave another ends with the key', async () => {
  const BOTH = ['certs', 'rotate-keys', '--again', '--yes'];
  const [token, before] = [await secretToken(), Object.keys(await beginnings())];
  const named = await kinit([...BOTH, '-i', inventory], { timeoutSeconds: 1500 });
  expect({ code: named.code, told: named.stderr.includes('default/deployer') }).toEqual({ code: 20, told: true });
  expect(await whoami(token)).toContain('system:serviceaccount:default:deployer');
  await kinitOk([...BOTH, '--leave-tokens', '-i', inventory], { timeoutSeconds: 1500 });
  expect(await keyIds()).toHaveLength(1);
  expect(await whoami(token)).not.toContain('deployer');
  const after = Object.keys(await beginnings());
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(before);
  expect((await kinitOk(['plan', '-i', inventory])).stdout).toContain('Nothing to change.');
});
