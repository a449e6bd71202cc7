import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readTar } from '../../src/artifacts/images/read-tar.js';
import { bundle } from '../../src/doctor/bundle.js';
import type { Evidence } from '../../src/doctor/evidence.js';

test('a bundle holds report, evidence and each answer as a file only its owner may read', async () => {
  const evidence = JSON.parse(
    readFileSync(new URL('./evidence/cluster/kubelet-down.json', import.meta.url), 'utf8'),
  ) as Evidence;
  const report = { cluster: 'c', takenAt: evidence.takenAt, well: false, checks: [], findings: [] };
  const entries = await readTar([Readable.from([gunzipSync(await bundle(report, evidence))])]);
  const paths = entries.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'kinit-doctor/README.txt',
      'kinit-doctor/report.json',
      'kinit-doctor/evidence.json',
      'kinit-doctor/hosts/node3/kubelet-log.txt',
      'kinit-doctor/hosts/node3/units.txt',
    ]),
  );
  expect(entries.every(({ mode }) => mode === 0o600)).toBe(true);
  const stored = entries.find(({ path }) => path.endsWith('evidence.json'))?.content;
  expect(JSON.parse(Buffer.from(stored as Uint8Array).toString())).toEqual(evidence);
});
