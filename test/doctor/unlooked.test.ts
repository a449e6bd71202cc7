import { expect, test } from 'vitest';
import { hostChecks } from '../../src/doctor/checks/host.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import type { Evidence } from '../../src/doctor/evidence.js';
import { gatherHost } from '../../src/doctor/gather-host.js';
import { SECTIONS } from '../../src/doctor/sections.js';
import { sectionScript } from '../../src/facts/ask.js';
import type { HostConnection } from '../../src/model/host.js';
import { specOf } from '../preflight/nodes.js';
import { run, SHELLS, type Shell, withHost } from '../resources/sh.js';
import { recorded } from './recordings.js';

const REAL = recorded('stock-kubeadm');
const [HOST] = REAL.hosts;
const SLOW = { units: 'systemctl gave no answer within 5 s (exit code 75)' };

/** A host whose `timeout` ends this command as one that hangs, and no other. */
function withHanging(shell: Shell, command: string, then: (output: string, errors: string) => void): void {
  withHost((host) => {
    host.command('timeout', `case "$2" in ${command}) exit 124;; *) shift; exec "$@";; esac`);
    for (const each of ['systemctl', 'nft', 'iptables-save']) host.command(each, 'echo said');
    const asked = SECTIONS.filter(([id]) => ['units', 'disk', 'firewall', 'kubelet-config'].includes(id));
    const { stdout, stderr } = run(shell, host.inside(sectionScript('n', asked)));
    then(stdout, stderr);
  });
}

const codeOf = (output: string, id: string): string | undefined =>
  new RegExp(`=n ${id}:code\n(\\d+)`).exec(output)?.[1];

for (const shell of SHELLS) {
  test.each([
    ['systemctl', ['units', 'kubelet-config']],
    ['df', ['disk']],
    ['nft', ['firewall']],
    ['iptables-save', ['firewall']],
  ])(`${shell}: %s that hangs is told by the sections that ask it (%s), and by no other`, (command, silent) => {
    withHanging(shell, command, (output, errors) => {
      for (const id of ['units', 'disk', 'firewall', 'kubelet-config'])
        expect(codeOf(output, id) === '75', id).toBe(silent.includes(id));
      expect(errors).toContain(`${command} gave no answer within 5 s`);
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
