import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lineSchema } from '../../src/cli/reference/events.js';
import { findLab, killHost, startHost, type Lab } from '../../src/lab/index.js';
import type { KinitEvent } from '../../src/model/event.js';
import { all, BIN, kinit, lab, labName, only, type KinitResult, type LabHandle } from './support/kinit.js';

let cluster: LabHandle;
let machines: Lab;
const file = (name: string): string => join(dirname(cluster.inventory), name);

beforeAll(async () => {
  cluster = await lab('plan', { hosts: 3 });
  machines = await findLab(labName('plan'));
});

afterAll(async () => {
  await cluster.down();
});

interface Run {
  readonly code: number;
  readonly events: KinitEvent[];
  readonly last: {
    readonly type: string;
    readonly class?: string;
    readonly exitCode?: number;
    readonly message?: string;
    readonly found?: string;
    readonly hint?: string;
  };
}

/** Runs with --output json; every line must be what docs/events.schema.json says. */
async function run(...args: string[]): Promise<Run> {
  return checked(await kinit([...args, '--output', 'json', ...(args[0] === 'apply' ? [] : ['-i', cluster.inventory])]));
}

function checked({ code, stdout }: KinitResult): Run {
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as KinitEvent);
  for (const line of lines) expect(lineSchema.safeParse(line), JSON.stringify(line)).toMatchObject({ success: true });
  const last = lines.at(-1) as unknown as Run['last'];
  expect(last).toMatchObject({ type: last.type === 'result' ? 'result' : 'error' });
  if (last.type === 'error') expect(last.exitCode).toBe(code);
  return { code, events: lines, last };
}

/** A run in the background: its events as they come. */
function begin(...args: string[]): {
  readonly kill: () => void;
  readonly seen: (test: (event: KinitEvent) => boolean) => Promise<KinitEvent>;
  readonly ended: Promise<Run>;
} {
  const child = spawn(process.execPath, [BIN, ...args, '--output', 'json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of watchers) look();
  });
  const ended = once(child, 'close').then(([code]) => ({
    code: (code as number | null) ?? -1,
    stdout: lines.join('\n'),
    stderr: '',
  }));
  return {
    kill: () => void child.kill('SIGKILL'),
    seen: (matches) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.map((line) => JSON.parse(line) as KinitEvent).find(matches);
          if (found !== undefined) resolve(found);
        };
        watchers.add(look);
        look();
        void ended.then(() => reject(new Error(`ended before:\n${lines.slice(-20).join('\n')}`)));
      }),
    ended: ended.then((result) =>
      result.code === -1 ? { code: -1, events: [], last: { type: 'killed' } } : checked(result),
    ),
  };
}

const outcomes = (events: readonly KinitEvent[]): Record<string, string> =>
  Object.fromEntries(all(events, 'host-finished').map(({ host, outcome }) => [host, outcome]));
const failures = (events: readonly KinitEvent[]): string[] =>
  all(events, 'phase-failed').map(({ host, phase, message }) => `${host} ${phase}: ${message}`);
const untouched = async (...hosts: string[]): Promise<void> => {
  for (const host of hosts)
    expect(
      (await cluster.sh(host, 'ls -A /var/lib/kinit 2>/dev/null; grep -c kinit /etc/hosts; true')).stdout.trim(),
      host,
    ).toBe('0');
};

async function readyNodes(): Promise<string[]> {
  const lines = (await cluster.kubectl('get nodes --no-headers'))
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
  return lines
    .filter(([, status]) => status === 'Ready')
    .map(([name = '']) => name)
    .sort();
}

test('the control-plane host is down: nothing is begun anywhere (exit code 12)', async () => {
  await killHost(machines, 'node1');
  const { code, events, last } = await run('init');
  expect({ code, class: last.class, applied: all(events, 'change-applied') }).toEqual({
    code: 12,
    class: 'access',
    applied: [],
  });
  await startHost(machines, 'node1');
  await untouched('node1', 'node2', 'node3');
});

test('a plan of bare hosts is written for root only; a second one says the same, though keys are made anew', async () => {
  const first = await run('plan', '--exit-code', '--out', file('plan.json'), '--junit', file('plan.xml'));
  expect({ code: first.code, failures: failures(first.events) }).toEqual({ code: 2, failures: [] });
  expect(statSync(file('plan.json')).mode & 0o777).toBe(0o600);
  const again = await kinit(['init', '--dry-run', '-i', cluster.inventory], { env: { FORCE_COLOR: '1' } });
  expect({ code: again.code, coloured: again.stdout.includes('\u001b[32m+') }).toEqual({ code: 0, coloured: true });
  await run('plan', '--out', file('second.json'));
  const content = (name: string): unknown =>
    (JSON.parse(readFileSync(file(name), 'utf8')) as { content: unknown }).content;
  expect(content('second.json')).toEqual(content('plan.json'));
  expect(`${readFileSync(file('plan.json'), 'utf8')}${again.stdout}`).not.toMatch(/BEGIN|[A-Za-z0-9+/]{100}/);
  expect(readFileSync(file('plan.xml'), 'utf8')).toMatch(
    /<testcase classname="kinit.node2" name="modules" [^>]*><failure message="\d+ to change">/,
  );
  await untouched('node1', 'node2', 'node3');
});

test('check: a port that is taken is exit code 13, and a test case that failed', async () => {
  const holder = (
    await cluster.sh(
      'node2',
      `setsid perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalPort => 10250, Listen => 1, ReuseAddr => 1) or die; print "$$\\n"; close STDOUT; close STDERR; sleep 300' </dev/null & sleep 1`,
    )
  ).stdout.trim();
  const unfit = await run('check', 'node2', '--junit', file('check.xml'));
  await cluster.sh('node2', `kill ${holder}`);
  expect(unfit.code).toBe(13);
  expect(readFileSync(file('check.xml'), 'utf8')).toContain(
    '<testcase classname="kinit.node2.preflight" name="port-10250" time="0.000"><failure ',
  );
});

test('a host, the inventory or the plan has changed since: apply stops before anything is touched, and shows how (exit code 19)', async () => {
  await cluster.sh('node2', 'echo mine > /etc/modules-load.d/kinit.conf');
  const host = await run('apply', file('plan.json'));
  expect({ code: host.code, class: host.last.class, applied: all(host.events, 'change-applied') }).toEqual({
    code: 19,
    class: 'stale',
    applied: [],
  });
  expect(host.last.found).toContain(
    'node2: [modules] write /etc/modules-load.d/kinit.conf (644): found now: content differs; when it was reviewed: does not exist',
  );
  expect(host.last.found).not.toMatch(/node[13]:/);
  expect(host.last.hint).toContain('kinit plan --out');
  await cluster.sh('node2', 'rm /etc/modules-load.d/kinit.conf');
  const inventory = readFileSync(cluster.inventory, 'utf8');
  writeFileSync(cluster.inventory, `${inventory}\nsysctls:\n  net.ipv4.tcp_syncookies: "1"\n`);
  const changed = await run('apply', file('plan.json'));
  writeFileSync(cluster.inventory, inventory);
  expect(changed.code).toBe(19);
  expect(changed.last.found).toContain('+    "net.ipv4.tcp_syncookies": "1"');
  writeFileSync(file('edited.json'), readFileSync(file('plan.json'), 'utf8').replace('"node2"', '"node3"'));
  expect(await run('apply', file('edited.json'))).toMatchObject({ code: 10, last: { class: 'usage' } });
  await untouched('node1', 'node2', 'node3');
});

test('apply does what was reviewed; a worker dies in the middle: the rest is finished (exit code 16). A second kinit is told who is at work (17)', async () => {
  const applying = begin('apply', file('plan.json'), '--junit', file('apply.xml'));
  await applying.seen((event) => event.type === 'change-applied' && event.host === 'node3');
  const refused = run('init');
  const third = begin('init', '--only', 'hostname', '--lock-wait', '10m', '-i', cluster.inventory);
  await applying.seen((event) => event.type === 'phase-started' && event.host === 'node3' && event.phase === 'runtime');
  await third.seen((event) => event.type === 'progress' && event.text.includes('for the lock'));
  await killHost(machines, 'node3');
  const second = await refused;
  expect(second).toMatchObject({ code: 17, last: { class: 'locked' } });
  expect(second.last.found).toMatch(
    /^held by \S+@\S+, process \d+, command "apply", started 20\S+ \(\d+ s ago\), last sign of life \d+ s ago, expires in \d+ s without another$/,
  );
  const { code, events, last } = await applying.ended;
  expect({ code, class: last.class, outcomes: outcomes(events) }).toEqual({
    code: 16,
    class: 'partial',
    outcomes: { node1: 'done', node2: 'done', node3: 'failed' },
  });
  expect(only(events, 'run-finished').failedHosts).toEqual(['node3']);
  expect(await readyNodes()).toEqual(['node1', 'node2']);
  const xml = readFileSync(file('apply.xml'), 'utf8');
  expect(xml).toMatch(/<testsuite name="node1" tests="\d+" failures="0"/);
  expect(xml).toMatch(/<testsuite name="node3" tests="\d+" failures="1"/);
  expect(xml).toContain('<testcase classname="kinit.node3" name="join" time="0.000"><skipped message="not reached: ');
  const waited = await third.ended;
  // node3 is down by now; the other two are as they should be.
  expect({ code: waited.code, outcomes: outcomes(waited.events) }).toEqual({
    code: 16,
    outcomes: { node1: 'done', node2: 'done', node3: 'failed' },
  });
  expect(all(waited.events, 'progress').map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^waiting at most 10 min for the lock: .*command "apply"/),
  );
});

test('a worker that is down from the start does not hold the others up: 16 and a table; --strict stops at once with its own code', async () => {
  const text = await kinit(['init', '-i', cluster.inventory]);
  expect(text.code).toBe(16);
  expect(text.stdout).toMatch(
    /HOST +OUTCOME +CHANGES +TIME +WHERE AND WHY\nnode1, node2 +done +0 .*\nnode3 +failed +0 .* connect: node3 /,
  );
  const strict = await run('init', '--strict');
  expect({ code: strict.code, started: all(strict.events, 'phase-started') }).toEqual({ code: 12, started: [] });
  const down = await run('apply', file('plan.json'));
  expect({ code: down.code, applied: all(down.events, 'change-applied') }).toEqual({ code: 12, applied: [] });
});

test('an apply that was cut goes on where it was, and is done then', async () => {
  await startHost(machines, 'node3');
  const again = await run('apply', file('plan.json'));
  expect({ code: again.code, failures: failures(again.events) }).toEqual({ code: 0, failures: [] });
  expect(
    new Set(
      all(again.events, 'change-applied')
        .filter(({ phase }) => !['cluster-config', 'proxy', 'network', 'dns'].includes(phase))
        .map(({ host }) => host),
    ),
  ).toEqual(new Set(['node3']));
  expect(await readyNodes()).toEqual(['node1', 'node2', 'node3']);
  const done = await run('apply', file('plan.json'));
  expect({ code: done.code, applied: all(done.events, 'change-applied') }).toEqual({ code: 0, applied: [] });
  expect((await run('plan', '--exit-code')).code).toBe(0);
});

test('what drifted is found: a file, an object by a server-side dry run, a secret by its digest; a plan of it is done', async () => {
  await cluster.sh('node2', 'echo "# mine" >> /etc/crictl.yaml');
  await cluster.sh('node1', 'echo garbage > /etc/kubernetes/scheduler.conf');
  await cluster.kubectl(`-n kube-system patch configmap coredns --type merge -p '{"data":{"Corefile":"broken"}}'`);
  // A field that kinit does not speak of: the dry run leaves it, so it is no difference.
  await cluster.kubectl('-n kube-system annotate deployment coredns mine=kept');
  const { code, events } = await run('plan', '--exit-code', '--out', file('drift.json'));
  expect(code).toBe(2);
  const planned = all(events, 'change-planned');
  expect(planned.map(({ host, change }) => `${host} ${change.resource}`).sort()).toEqual([
    // It is started again with the credentials that are written back.
    'node1 file:/etc/kubernetes/manifests/kube-scheduler.yaml',
    'node1 file:/etc/kubernetes/scheduler.conf',
    'node1 object:ConfigMap/kube-system/coredns',
    'node2 file:/etc/crictl.yaml',
  ]);
  const of = (resource: string): { reason: string; diff?: string } =>
    planned.find(({ change }) => change.resource === resource)?.change ?? { reason: '' };
  expect(of('file:/etc/crictl.yaml').diff).toContain('-# mine\n');
  expect(of('object:ConfigMap/kube-system/coredns').diff).toContain('-  Corefile: broken\n+  Corefile: |');
  expect(of('file:/etc/kubernetes/scheduler.conf').reason).toMatch(
    /^content differs \(secret, \(made at apply: kubeconfig of system:kube-scheduler for https:.*\), there is sha256 [0-9a-f]{12}\)$/,
  );
  const secrets = (
    await cluster.sh(
      'node1',
      "cat /etc/kubernetes/pki/*.key /etc/kubernetes/pki/etcd/*.key | grep -v -e -----; sed -n 's/^ *client-key-data: //p' /etc/kubernetes/*.conf",
    )
  ).stdout
    .trim()
    .split('\n');
  expect(secrets.length).toBeGreaterThan(30);
  const written = readFileSync(file('drift.json'), 'utf8');
  expect(secrets.filter((secret) => secret.length > 20 && written.includes(secret))).toEqual([]);
  expect(await run('apply', file('drift.json'))).toMatchObject({
    code: 0,
    last: { type: 'result', result: { changes: 4 } },
  });
  expect((await run('plan', '--exit-code')).code).toBe(0);
});

test('a kinit that was killed does not keep its lock', async () => {
  const killed = begin('init', '--only', 'hostname', '-i', cluster.inventory);
  await killed.seen((event) => event.type === 'host-connected');
  killed.kill();
  await killed.ended;
  const { code, events } = await run('init', '--only', 'hostname');
  expect({ code, changes: only(events, 'run-finished').changes }).toEqual({ code: 0, changes: 0 });
});

test('exit codes by class: usage, inventory, a change that failed; and no prompt without a terminal', async () => {
  expect(await run('init', '--only', 'nonsense')).toMatchObject({ code: 10, last: { class: 'usage' } });
  expect(await run('reset')).toMatchObject({
    code: 10,
    last: { class: 'usage', hint: expect.stringContaining('--yes') as string },
  });
  const inventory = readFileSync(cluster.inventory, 'utf8');
  writeFileSync(cluster.inventory, `${inventory}\nswapp: off\n`);
  const wrong = await run('init');
  writeFileSync(cluster.inventory, inventory);
  expect(wrong).toMatchObject({ code: 11, last: { class: 'inventory' } });
  writeFileSync(cluster.inventory, inventory.replace(/^name:/m, 'manageHostname: true\nname:'));
  await cluster.sh('node2', 'rm -f /etc/modules-load.d/kinit.conf && mkdir /etc/modules-load.d/kinit.conf');
  const failed = await run('join', 'node2', '--only', 'modules');
  await cluster.sh('node2', 'rmdir /etc/modules-load.d/kinit.conf');
  writeFileSync(cluster.inventory, inventory);
  expect(failed).toMatchObject({
    code: 14,
    last: { class: 'change', message: 'could not write /etc/modules-load.d/kinit.conf (644)' },
  });
  for (const name of ['plan.json', 'second.json', 'drift.json', 'edited.json']) rmSync(file(name));
});
