import { expect, test } from 'vitest';
import { KERNELS } from '../../../src/preflight/kernels.js';
import { containerdConfig, containerdLogins, hostsToml } from '../../../src/runtime/containerd/config.js';
import { containerdResources } from '../../../src/runtime/containerd/resources.js';
import { makeContext } from '../../templates/context.js';
import { mirrorOf } from '../mirror-of.js';

const PLAIN = { mirrors: [], insecure: false };

test('a mirror stands before its registry, Docker Hub by the name it answers to', () => {
  expect(
    hostsToml({
      registry: 'docker.io',
      mirrors: [mirrorOf('https://a.example', { ca: 'PEM' }), mirrorOf('https://b.example:5000/v2/"x', { ca: 'PEM' })],
      insecure: false,
    }),
  ).toBe(
    'server = "https://registry-1.docker.io"\n\n[host."https://a.example"]\n  capabilities = ["pull", "resolve"]\n  ca = "/etc/containerd/certs.d/docker.io/ca.crt"\n\n[host."https://b.example:5000/v2/%22x"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n  ca = "/etc/containerd/certs.d/docker.io/ca.crt"\n',
  );
});

test('mirrors of all registries name no server: what they lack is asked of the registry itself', () => {
  const text = hostsToml({ ...PLAIN, registry: '_default', mirrors: [mirrorOf('https://mirror.example')] });
  expect(text.trim()).toBe('[host."https://mirror.example"]\n  capabilities = ["pull", "resolve"]');
  const one = hostsToml({ ...PLAIN, registry: 'quay.io', mirrors: [mirrorOf('https://mirror.example')] });
  expect(one.startsWith('server = "https://quay.io"\n')).toBe(true);
});

test('a mirror below a path, with names that begin with something; its own entry among the registries counts', () => {
  const mirror = mirrorOf('https://m.example/nexus/v2/proxy', { insecure: true });
  const all = [{ ...PLAIN, registry: 'm.example', ca: 'PEM', insecure: true }];
  expect(hostsToml({ ...PLAIN, registry: 'quay.io', mirrors: [mirror] }, all)).toContain(
    '[host."https://m.example/nexus/v2/proxy"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n  ca = "/etc/containerd/certs.d/m.example/registry-ca.crt"\n  skip_verify = true\n',
  );
});

test('a CA of its own; unchecked only where the inventory says so, with a port over plain HTTP too', () => {
  expect(hostsToml({ ...PLAIN, registry: 'r.example', ca: 'PEM' })).toBe(
    'server = "https://r.example"\nca = "/etc/containerd/certs.d/r.example/registry-ca.crt"\n',
  );
  expect(hostsToml({ ...PLAIN, registry: 'r.example', insecure: true })).toBe(
    'server = "https://r.example"\nskip_verify = true\n',
  );
  expect(hostsToml({ ...PLAIN, registry: 'r.example:5000', insecure: true })).toBe(
    'server = "http://r.example:5000"\nskip_verify = true\n',
  );
});

const registries = [{ registry: 'docker.io', username: 'me', passwordEnv: 'X', insecure: false }];
const withLogin = (password?: string): ReturnType<typeof makeContext> =>
  makeContext(
    { runtime: { registries } },
    { registryAccess: { 'docker.io': { username: 'me', ...(password === undefined ? {} : { password }) } } },
  );

test('logins stand in a file of their own that only root reads and no plan shows', () => {
  const resources = containerdResources(withLogin('s"cret'));
  const logins = resources.find(({ id }) => id === 'file:/etc/containerd/kinit-logins.toml');
  expect(logins).toMatchObject({ secret: true, mode: 0o600 });
  expect(containerdLogins([{ registry: 'docker.io', username: 'me', password: 's"cret' }])).toContain(
    '[plugins."io.containerd.cri.v1.images".registry.configs."registry-1.docker.io".auth]\n  username = "me"\n  password = "s\\"cret"\n',
  );
  const elsewhere = resources.filter((resource) => resource !== logins);
  expect(JSON.stringify(elsewhere)).not.toContain('s\\"cret');
  expect(containerdConfig(withLogin())).toContain('conf.d/*.toml", "/etc/containerd/kinit-logins.toml"]');
  expect(containerdConfig(makeContext())).toContain('conf.d/*.toml"]');
});

test('a command that only looks, and has no password, leaves the file alone', () => {
  const ids = containerdResources(withLogin()).map(({ id }) => id);
  expect(ids).not.toContain('file:/etc/containerd/kinit-logins.toml');
});

test.each([
  ['3.10.0-1160.el7.x86_64', 'false'],
  ['4.18.0-553.el8_10.x86_64', 'true'],
  ['6.1.0-28-amd64', 'true'],
  // As preflight and docs/requirements.md say it.
  ...KERNELS.map(({ from, unprivileged }) => [`${from}.0`, String(unprivileged)]),
])(
  'on kernel %s unprivileged ports and pings are %s: containerd would not start with them below 4.11',
  (kernel, on) => {
    const context = makeContext();
    const node = { ...context.node, facts: { ...context.node.facts, kernel } };
    const text = containerdConfig({ ...context, node });
    expect(text).toContain(`enable_unprivileged_icmp = ${on}\n  enable_unprivileged_ports = ${on}\n`);
  },
);
