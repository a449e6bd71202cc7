import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { causes } from '../../src/doctor/causes/index.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import type { Evidence } from '../../src/doctor/evidence.js';

const FOLDER = new URL('./evidence/', import.meta.url);
const recordings = readdirSync(FOLDER).filter((name) => name.endsWith('.json')).map((name) => name.replace('.json', ''));

/** What a host or cluster in that trouble showed: `kinit doctor --bundle`, cut down to what matters. */
function recorded(name: string): Evidence {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Evidence;
}

test('a healthy cluster shows no cause but kubectl without configuration', () => {
  expect(diagnose(recorded('healthy')).filter(({ severity }) => severity !== 'note')).toEqual([]);
});

test.each(recordings.filter((name) => name !== 'healthy'))('%s: the first cause of what was recorded is the one that was provoked', (name) => {
  const [first] = diagnose(recorded(name));
  expect(first?.cause).toBe(name);
  expect(first?.found).toMatch(FOUND[name] ?? /^never$/);
  expect(first?.next).not.toBe('');
});

test('every cause has a name, a rank and a remedy of its own', () => {
  expect(new Set(causes.map(({ name }) => name)).size).toBe(causes.length);
  expect(new Set(causes.map(({ rank }) => rank)).size).toBe(causes.length);
  for (const { name, title, symptom, sign, remedy } of causes) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const text of [title, symptom, sign, remedy]) expect(text.length, name).toBeGreaterThan(5);
  }
});

test('no sighting has more than one line', () => {
  for (const { found, next } of recordings.flatMap((name) => diagnose(recorded(name)))) expect(`${found}${next}`).not.toContain('\n');
});

/** What the finding must name. */
const FOUND: Readonly<Record<string, RegExp>> = {
  'kubelet-down': /the kubelet is inactive \(dead\)/,
  'port-taken': /port 10250 of kubelet is taken by socat \(pid \d+\)/,
  'cri-disabled': /disabled_plugins = \['io\.containerd\.grpc\.v1\.cri'\]/,
  'cgroup-v1': /cgroup v1, which the kubelet refuses/,
  'cgroup-driver': /kubelet is set to cgroupfs, the container runtime to systemd/,
  'wrong-address': /--node-ip of the kubelet is 10\.99\.99\.99; the host has 10\.210\.0\.12/,
  'image-pull': /image registry\.invalid\/team\/nope:1 cannot be pulled from registry\.invalid: the name of the registry cannot be resolved/,
  'runtime-down': /containerd is .*toml: expected/,
  'proxy-down': /kube-proxy does not run: .*exit code 1/,
  'cni-config-missing': /\/etc\/cni\/net\.d is empty/,
  'firewall-vxlan': /UDP 8472.* between node2 and node1, node3; its rules say: udp dport 8472 drop/,
  'firewall-api': /API port 6443 of node1 .* does not answer node2, node3.*tcp dport 6443 drop/,
  'br-netfilter': /bridge-nf-call-iptables is 0/,
  'disk-full': /\/var\/log is full \(100 %/,
};
