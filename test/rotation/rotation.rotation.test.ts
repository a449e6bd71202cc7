import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinitOk, lab, type LabHandle } from '../e2e/support/kinit.js';
import { changedInventory } from '../e2e/support/running.js';
import { watchServers, type Gaps } from './servers.js';

/** Three control planes and a worker. npm run test:rotation prints the figures of docs/certificates.md. */
let cluster: LabHandle;
let inventory: string;
let addresses: string[];

beforeAll(async () => {
  cluster = await lab('rotation', { hosts: 4 });
  inventory = await changedInventory(cluster, 'three', (text) => {
    addresses = [...text.matchAll(/address: (\S+)/g)].map(([, address = '']) => address).slice(0, 3);
    return text.replace(/- worker/, '- control-plane').replace(/- worker/, '- control-plane');
  });
  await kinitOk(['init', '-i', inventory], { timeoutSeconds: 1500 });
});

afterAll(async () => {
  await cluster.down();
});

interface Row {
  readonly host: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly signedBy: string;
  readonly renewedBy: string;
  readonly served?: string;
}

async function certificates(): Promise<Row[]> {
  const { stdout } = await kinitOk(['certs', 'list', '-i', inventory, '--output', 'json']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

test('all certificates are renewed host by host, and every API server answers all the time', async () => {
  const before = await certificates();
  expect(before.filter(({ served }) => served === 'yes').length).toBeGreaterThanOrEqual(3 * 3 + 4);
  const stop = watchServers(addresses);
  await kinitOk(['certs', 'renew', '-i', inventory, '--yes'], { timeoutSeconds: 600 });
  const gaps = await stop();
  tell('all certificates renewed', gaps);
  expect(gaps.awayAtOnce).toBe(0);
  const after = await certificates();
  const old = new Set(before.filter(({ renewedBy }) => renewedBy === 'kinit').map(({ fingerprint }) => fingerprint));
  expect(after.filter(({ fingerprint }) => old.has(fingerprint))).toEqual([]);
  expect(after.filter(({ served }) => served !== undefined && served !== 'yes')).toEqual([]);
});

function tell(title: string, { of, any, awayAtOnce }: Gaps): void {
  const each = Object.values(of).map((seconds) => `${String(seconds)} s`);
  process.stdout.write(
    `${title}: without an answer of any server ${String(any)} s; of each ${each.join(', ')}; away at once: ${String(awayAtOnce)}\n`,
  );
}
