import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { hostChecks } from '../../src/doctor/checks/host.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import type { Evidence } from '../../src/doctor/evidence.js';
import { gatherHost } from '../../src/doctor/gather-host.js';
import { digestsOf, SECTIONS } from '../../src/doctor/sections.js';
import { sectionScript } from '../../src/facts/ask.js';
import type { HostConnection } from '../../src/model/host.js';
import { specOf } from '../preflight/nodes.js';
import { run, SHELLS, type Shell, withHostAsync } from '../resources/sh.js';
import { recorded } from './recordings.js';

const REAL = recorded('stock-kubeadm');
const [HOST] = REAL.hosts;
const SLOW = { units: 'systemctl gave no answer within 5 s (exit code 75)' };

/** What asks something that may hang, by what hangs. */
const ASKED_BY: Readonly<Record<string, readonly string[]>> = {
  systemctl: ['units', 'kubelet-config', 'resolv'],
  journalctl: ['kubelet-log', 'kubelet-last', 'server-last', 'runtime-log', 'etcd-log', 'memory'],
  dmesg: ['kernel-log'],
  df: ['disk'],
  nft: ['firewall'],
  'iptables-save': ['firewall'],
  crictl: ['containers', 'versions'],
  kubelet: ['versions'],
  tail: ['pod-logs'],
  grep: ['etcd-log'],
  openssl: ['digests'],
  // Where openssl does not work.
  sha256sum: ['digests'],
};
const ASKED = [...new Set(Object.values(ASKED_BY).flat())];
/** What is asked besides, in every case. */
const OTHERS = ['units', 'disk', 'containers'];
const OF_MACHINE = ['df', 'tail', 'grep', 'openssl', 'sha256sum'];

/** A host whose `timeout` ends this command as one that hangs, and no other. */
async function withHanging(
  shell: Shell,
  command: string,
  then: (output: string, errors: string) => void,
): Promise<void> {
  await withHostAsync(async (host) => {
    host.command('timeout', `case "$2" in ${command}) exit 124;; *) shift; exec "$@";; esac`);
    for (const each of [...Object.keys(ASKED_BY), 'kubeadm'])
      if (!OF_MACHINE.includes(each)) host.command(each, `echo "said by ${each}"`);
    if (command === 'sha256sum') host.command('openssl', 'exit 1');
    for (const [pod, container] of [
      ['etcd-node1', 'etcd'],
      ['coredns-1', 'coredns'],
    ] as const)
      host.write(`/var/log/pods/kube-system_${pod}_1/${container}/0.log`, 'error: it failed\n');
    host.write('/etc/systemd/system/kinit-server.service', '[Service]\n');
    const socket = join(host.root, '/run/containerd/containerd.sock');
    mkdirSync(dirname(socket), { recursive: true });
    const server = createServer().listen(socket);
    await once(server, 'listening');
    const asked = [...SECTIONS, digestsOf(['/etc/hostname'])].filter(([id]) =>
      [...(ASKED_BY[command] ?? ASKED), ...OTHERS].includes(id),
    );
    const { stdout, stderr } = run(shell, host.inside(sectionScript('n', asked)));
    server.close();
    then(stdout, stderr);
  });
}

const codeOf = (output: string, id: string): string | undefined =>
  new RegExp(`=n ${id}:code\n(\\d+)`).exec(output)?.[1];

for (const shell of SHELLS) {
  test.each(Object.entries(ASKED_BY))(
    `${shell}: %s that hangs is told by the sections that ask it (%s), and by no other`,
    async (command, silent) => {
      await withHanging(shell, command, (output, errors) => {
        expect(ASKED.filter((id) => codeOf(output, id) === '75')).toEqual(ASKED.filter((id) => silent.includes(id)));
        expect(errors).toMatch(new RegExp(`^${command} gave no answer within \\d+ s$`, 'm'));
      });
    },
  );

  test(`${shell}: one program that hangs takes nothing from what the others said`, async () => {
    await withHanging(shell, 'kubelet', (output) => {
      expect(output).toContain('kubeadm said by kubeadm');
    });
    await withHanging(shell, 'none', (output) => {
      expect(ASKED.filter((id) => codeOf(output, id) === '75')).toEqual([]);
      for (const said of ['kubelet said by kubelet', '=== kube-system_coredns-1_1/coredns/0.log\nerror: it failed'])
        expect(output).toContain(said);
    });
  });
}

test('what got no answer in time is named in the evidence; another exit code says that nothing was found', async () => {
  if (HOST === undefined) throw new Error('the recording has no host');
  const codes: Readonly<Record<string, number>> = { units: 75, manifests: 1 };
  const connection = {
    host: 'node1',
    run: (script: string) => {
      const nonce = /printf '\\n=%s %s\\n' (\w+) /.exec(script)?.[1] ?? '';
      const code = ([id]: (typeof SECTIONS)[number]): string => `=${nonce} ${id}:code\n${String(codes[id] ?? 0)}\n\n`;
      return Promise.resolve({
        code: 0,
        stdout: `\n${SECTIONS.map(code).join('')}=${nonce} end\n`,
        stderr: `\n=${nonce} units\nsystemctl gave no answer within 5 s\n`,
      });
    },
  } as Partial<HostConnection> as HostConnection;
  const facts = HOST.facts as Parameters<typeof gatherHost>[1]['facts'];
  const seen = await gatherHost(connection, { isControlPlane: true, address: () => HOST.address, facts });
  expect(seen.unseen).toEqual(SLOW);
});

test('a host whose systemd hangs is not said to be without kubelet and runtime', () => {
  const hanging: Evidence = {
    ...REAL,
    hosts: REAL.hosts.map((host) =>
      host === HOST ? { ...host, text: { ...host.text, units: '' }, unseen: SLOW } : host,
    ),
  };
  const spec = specOf({ hosts: REAL.hosts.map(({ host: name, address }) => ({ name, address })) });
  const checks = hostChecks(hanging, spec).get(HOST?.host ?? '') ?? [];
  expect(checks.filter(({ name }) => ['kubelet', 'runtime'].includes(name))).toEqual([]);
  expect(checks.find(({ name }) => name === 'evidence')).toMatchObject({
    status: 'error',
    found: `units: ${SLOW.units}`,
  });
  expect(
    hostChecks(REAL, spec)
      .get(HOST?.host ?? '')
      ?.map(({ name }) => name),
  ).toContain('kubelet');
  expect(diagnose(hanging).filter(({ host }) => host === HOST?.host)).toEqual(
    diagnose(REAL).filter(({ host }) => host === HOST?.host),
  );
});
