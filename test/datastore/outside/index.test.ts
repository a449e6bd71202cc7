import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { embedded } from '../../../src/control-plane/embedded/index.js';
import { datastoreOf } from '../../../src/datastore/index.js';
import { SERVER_FILE } from '../../../src/model/facts.js';
import type { DatastoreAccess, PhaseContext } from '../../../src/model/phase.js';
import { makeContext } from '../../templates/context.js';

const URL_OF = { postgresql: 'postgres://kinit@db.test/kubernetes', mysql: 'mysql://kinit@db.test:3307/kubernetes' };

const context = (
  datastore: keyof typeof URL_OF,
  server: Record<string, string> = {},
  datastoreAccess: DatastoreAccess = {},
): PhaseContext =>
  makeContext(
    {
      controlPlane: { mode: 'embedded' },
      datastore,
      datastoreServer: { url: URL_OF[datastore], ...server },
    },
    { datastoreAccess },
  );

const resources = (of: PhaseContext): readonly Record<string, unknown>[] =>
  [...embedded.datastore(of), ...embedded.apiServer(of)] as unknown as Record<string, unknown>[];

const datastoreIn = (of: PhaseContext): unknown => {
  const server = resources(of).find(({ id }) => id === `file:${SERVER_FILE}`);
  return (parse(String(server?.['content'])) as { datastore: unknown }).datastore;
};

test('the server is told where it is, and reads the password from a file that is root’s alone', () => {
  const given = context('postgresql', { passwordFile: 'p', caFile: 'c' }, { password: 's3cret', ca: 'CA\n' });
  expect(datastoreIn(given)).toMatchObject({
    outside: {
      url: 'postgres://kinit@db.test/kubernetes',
      passwordFile: '/etc/kubernetes/datastore/password',
      caFile: '/etc/kubernetes/datastore/ca.crt',
      clusterCAFile: '/etc/kubernetes/datastore/cluster-ca.crt',
    },
    socket: '/var/lib/kinit-datastore/datastore.sock',
  });
  const files = resources(given).filter(({ path }) => String(path).startsWith('/etc/kubernetes/datastore/'));
  expect(files.map(({ path, mode, secret }) => ({ path, mode, secret }))).toEqual([
    { path: '/etc/kubernetes/datastore/cluster-ca.crt', mode: 0o644, secret: false },
    { path: '/etc/kubernetes/datastore/password', mode: 0o600, secret: true },
    { path: '/etc/kubernetes/datastore/ca.crt', mode: 0o600, secret: false },
  ]);
  const holding = resources(given).filter((each) => JSON.stringify(each).includes('s3cret'));
  expect(holding.map(({ path }) => path)).toEqual(['/etc/kubernetes/datastore/password']);
});

test('whose objects are in it is told by the CA that the cluster began with, also while another one comes', () => {
  const given = context('postgresql');
  const ca = '/etc/kubernetes/pki/ca.crt';
  const { facts } = given.node;
  const rotating: PhaseContext = {
    ...given,
    node: { ...given.node, facts: { ...facts, kubernetes: { ...facts.kubernetes, pki: { [ca]: 'first\n' } } } },
    material: { [given.node.spec.name]: { [ca]: { content: 'first\nsecond\n', mode: 0o644 } } },
  };
  const owner = resources(rotating).find(({ path }) => path === '/etc/kubernetes/datastore/cluster-ca.crt');
  expect(owner).toMatchObject({ content: 'first\n', keepExisting: true });
});

test('one that takes other files is started again when one of them is written anew', () => {
  const service = (of: PhaseContext): unknown =>
    resources(of).find(({ id }) => id === 'service:kinit-server')?.['files'];
  expect(service(context('mysql', { passwordEnv: 'P' }, { password: 'x' }))).toContain(
    '/etc/kubernetes/datastore/password',
  );
  expect(service(context('mysql'))).not.toContain('/etc/kubernetes/datastore/password');
});

test.each([
  ['postgres://kinit@db.test/kubernetes?sslmode=verify-ca', undefined],
  ['postgresql://kinit@[fd00::1]:5433/kubernetes', undefined],
  ['mysql://kinit@db.test/kubernetes', /must look like postgres:\/\/USER@HOST\/DATABASE/],
  ['db.test', /must look like/],
  ['postgres://kinit:s3cret@db.test/kubernetes', /must not hold the password/],
  ['postgres://kinit@db.test/kubernetes?password=s3cret', /must not hold the password/],
  ['postgres://db.test/kubernetes', /the user is missing/],
  ['postgres://kinit@db.test/', /the database is missing/],
  ['postgres://kinit@db.test/Kubernetes', /lower-case letters/],
])('%s as a URL', (url, wrong) => {
  const said = datastoreOf({ datastore: 'postgresql' }).outside?.wrong({ url });
  if (wrong === undefined) expect(said).toEqual([]);
  else expect(said).toEqual([{ path: ['url'], message: expect.stringMatching(wrong) as string }]);
  expect(JSON.stringify(said)).not.toContain('s3cret');
});

test('where nothing is said it listens at the usual port', () => {
  const places = (id: keyof typeof URL_OF): unknown =>
    datastoreOf({ datastore: id }).outside?.places({ url: URL_OF[id] });
  expect(places('postgresql')).toEqual([{ host: 'db.test', port: 5432 }]);
  expect(places('mysql')).toEqual([{ host: 'db.test', port: 3307 }]);
});

test.each([
  ['postgresql', 'pg_dump'],
  ['mysql', 'mysqldump'],
] as const)('%s is looked after by its own tools, which are named', (id, tool) => {
  const { spec } = context(id);
  const member = { name: 'c1', address: '10.0.0.1' };
  expect(() => datastoreOf(spec).care({ spec, program: 'kinit-server', member, members: [member] })).toThrow(
    expect.objectContaining({
      context: expect.objectContaining({ class: 'refused', hint: expect.stringContaining(tool) as string }) as unknown,
    }),
  );
});
