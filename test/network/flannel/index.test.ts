import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flannel } from '../../../src/network/flannel/index.js';
import type { KubeObject } from '../../../src/model/api.js';
import type { Decisions } from '../../../src/model/record.js';
import { configData, goldenObjects } from '../../golden.js';
import { makeContext } from '../../templates/context.js';

const context = makeContext();

test('the objects of flannel are those of the golden file', () => {
  expect(JSON.parse(JSON.stringify(flannel.objects(context)))).toEqual(goldenObjects('flannel'));
});

const SUBNET_ENV = '/run/flannel/subnet.env';
const CNI_CONFIG = flannel.traces.paths.find((path) => path.startsWith('/etc/cni/net.d/')) ?? '';

test.each(['dash', 'bash', 'busybox'])(
  "flannel's side container writes this node's CNI configuration from what flannel found out (%s)",
  (shell) => {
    const folder = mkdtempSync(join(tmpdir(), 'kinit-cni-'));
    try {
      const target = join(folder, 'conflist');
      const script = configData(flannel.objects(context), 'kube-flannel-cfg')['install-cni.sh'] ?? '';
      expect(script).toContain(CNI_CONFIG);
      writeFileSync(
        join(folder, 'subnet.env'),
        'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.3.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n',
      );
      // One round of the endless loop, in a folder of our own.
      const once = script
        .replaceAll(CNI_CONFIG, target)
        .replaceAll(SUBNET_ENV, join(folder, 'subnet.env'))
        .replace('sleep "$pause" &', 'exit 0');
      execFileSync(shell, [...(shell === 'busybox' ? ['sh'] : []), '-c', once], {
        timeout: 5000,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      // flannel masquerades, so the bridge does not; hairpin is on.
      expect(readFileSync(target, 'utf8')).toBe(`${JSON.stringify(conflist('10.244.3.0/24', 1450), null, 2)}\n`);
      expect((statSync(target).mode & 0o777).toString(8)).toBe('600');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('flannel makes nftables rules only where a kernel has no iptables', () => {
  const enabled = (kernelFeatures: string[], recorded: Decisions = {}): unknown => {
    const nodes = context.nodes.map((node) => ({ ...node, facts: { ...node.facts, kernelFeatures } }));
    const decisions = flannel.decides?.decide(context.spec, nodes, recorded) ?? {};
    const objects = flannel.objects({ ...context, nodes, decisions });
    const shown = objects.find(({ metadata }) => metadata.name === flannel.decides?.shownBy.name);
    expect(flannel.decides?.readBack(shown as KubeObject)).toEqual(decisions);
    return JSON.parse(configData(objects, 'kube-flannel-cfg')['net-conf.json'] ?? '');
  };
  expect(enabled(['iptables', 'nftables'])).toEqual({
    Network: '10.244.0.0/16',
    EnableNFTables: false,
    Backend: { Type: 'vxlan' },
  });
  expect(enabled(['nftables'])).toMatchObject({ EnableNFTables: true });
  // Decided once: whoever answers later changes nothing, and is asked for what was decided.
  expect(enabled(['nftables'], { 'flannel.nftables': false })).toMatchObject({ EnableNFTables: false });
  const needs = (nftables: boolean): string[] =>
    flannel.kernel(context.spec, { 'flannel.nftables': nftables }).map(({ name }) => name);
  expect([needs(true), needs(false)]).toEqual([
    ['vxlan', 'nftables'],
    ['vxlan', 'iptables'],
  ]);
});

test('with host-gw there is no tunnel: no port, nothing asked of the kernel, nodes are seen by their own addresses', () => {
  const ask = (flannelBackend: string): unknown => {
    const { spec } = makeContext({ network: { flannelBackend } });
    return [
      flannel.ports(spec).map(({ port }) => port),
      flannel.kernel(spec, {}).map(({ name }) => name),
      flannel.direct(spec),
    ];
  };
  expect(ask('vxlan')).toEqual([[8472], ['vxlan'], false]);
  expect(ask('host-gw')).toEqual([[], [], true]);
});

function conflist(subnet: string, mtu: number): unknown {
  const bridge = {
    type: 'bridge',
    bridge: flannel.signs?.bridge,
    isDefaultGateway: true,
    hairpinMode: true,
    promiscMode: false,
    ipMasq: false,
    mtu,
    ipam: { type: 'host-local', ranges: [[{ subnet }]], dataDir: '/var/lib/cni/networks' },
  };
  return {
    cniVersion: '1.0.0',
    name: 'cbr0',
    plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }],
  };
}
