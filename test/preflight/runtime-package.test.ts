import { expect, test } from 'vitest';
import { factsOf } from '../facts/facts-of.js';
import { complaints, type Wanted } from './nodes.js';

const spec = (runtime: Record<string, unknown>): Pick<Wanted, 'spec'> => ({ spec: { runtime } });
const found = (wanted: Wanted): unknown[] =>
  complaints(wanted)
    .filter(({ name }) => name === 'runtime-package')
    .map(({ status, found: what, hint }) => ({ status, what, hint }));
const candidates = (packageCandidates: Record<string, string>): Pick<Wanted, 'controlPlane'> => ({
  controlPlane: { packageCandidates },
});
const ERROR = { status: 'error', hint: expect.stringContaining('runtime.from: docker') as string };

test("Debian 12's engine is refused, with the way out; one that is new enough goes", () => {
  const engine = spec({ name: 'docker', from: 'distribution' });
  expect(found({ ...engine, ...candidates({ 'docker.io': '20.10.24+dfsg1-1+deb12u1+b6' }) })).toEqual([
    { ...ERROR, what: 'docker.io 20.10.24+dfsg1-1+deb12u1+b6' },
  ]);
  expect(found({ ...engine, ...candidates({ 'docker.io': '26.1.5+dfsg1-9+b9' }) })).toEqual([]);
});

test('a version that the inventory names is what counts; one of a repository that is still to come is not known', () => {
  const engine = { name: 'docker', from: 'docker' };
  expect(found(spec(engine))).toEqual([]);
  expect(found(spec({ ...engine, version: '5:20.10.9~3-0~debian-bookworm' }))).toEqual([
    { ...ERROR, what: 'docker-ce 5:20.10.9~3-0~debian-bookworm' },
  ]);
  expect(found(spec({ ...engine, version: '5:28.1.1-1~debian.12~bookworm' }))).toEqual([]);
});

test('containerd of a package has to speak the CRI of today', () => {
  const runtime = spec({ from: 'distribution' });
  expect(found({ ...runtime, ...candidates({ containerd: '1.4.13~ds1-1~deb11u4' }) })).toMatchObject([ERROR]);
  expect(found({ ...runtime, ...candidates({ containerd: '1.6.20~ds1-1+deb12u1' }) })).toEqual([]);
});

test('a family whose distribution has no such package', () => {
  const os = { ...factsOf('c1').os, id: 'rocky', versionId: '9.4', prettyName: 'Rocky Linux 9.4' };
  const wanted = { ...spec({ from: 'distribution' }), controlPlane: { os } };
  expect(found(wanted)).toEqual([{ ...ERROR, what: 'Rocky Linux 9.4 has none of containerd' }]);
  expect(found({ ...spec({}), controlPlane: { os } })).toEqual([]);
});
