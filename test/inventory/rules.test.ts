import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { rules } from '../../src/inventory/rules/index.js';
import { inventoryOptions } from '../../src/inventory/schema.js';
import { formatPath } from '../../src/inventory/problem.js';
import { specSchema } from '../../src/inventory/spec-schema.js';

const C1 = { name: 'c1', address: '10.0.0.1', roles: ['control-plane'] };

/** Findings of all rules on valid values, as 'path: message'. */
function findings(spec: Record<string, unknown>): string[] {
  const parsed = specSchema.parse({ hosts: [C1], ...spec });
  return rules
    .flatMap((rule) => rule.check(parsed))
    .map(
      (finding) =>
        `${formatPath(finding.path)}: ${finding.message}${finding.suggestion === undefined ? '' : ` -> ${finding.suggestion}`}`,
    );
}

function hosts(...more: object[]): Record<string, unknown> {
  return { hosts: [C1, ...more] };
}

test('a plain inventory has none', () => {
  expect(findings(hosts({ name: 'w1', address: 'w1.example.com' }))).toEqual([]);
});

test.each([
  [
    'one that nobody knows, without an address',
    { name: 'site' },
    /^repositories\[0\]: needs a url; known by their names are docker-ce/,
  ],
  ['no key', { name: 'site', url: 'https://x.example' }, /needs keyFile or keyUrl; gpgcheck: false does without/],
  [
    'two keys',
    { name: 'site', url: 'https://x.example', keyFile: 'a', keyUrl: 'https://k.example' },
    /\.keyUrl: keyFile stands here too/,
  ],
  [
    'a key by plain http',
    { name: 'site', url: 'https://x.example', keyUrl: 'http://k.example' },
    /\.keyUrl: comes over plain http/,
  ],
  [
    'a key that is not asked for',
    { name: 'docker-ce', gpgcheck: false, keyFile: 'a' },
    /\.gpgcheck: false needs no key/,
  ],
  ['an address for the archive', { name: 'centos-vault', url: 'https://x.example' }, /takes no more than its name/],
])('repositories: %s', (_what, repository, expected) => {
  expect(findings({ repositories: [repository] })).toEqual([expect.stringMatching(expected)]);
});

test.each([
  ['a version without a package', { version: '1.7' }, /^runtime\.version: is that of a package/],
  [
    'a runtime without packages',
    { name: 'crio', from: 'docker' },
    /^runtime\.from: CRI-O comes as kinit's own artifacts only/,
  ],
])('runtime: %s', (_what, runtime, expected) => {
  expect(findings({ runtime })).toEqual([expect.stringMatching(expected)]);
});

test('runtime: a package with its version', () => {
  expect(findings({ runtime: { from: 'distribution', version: '1.7.24~ds1-6' } })).toEqual([]);
  // What is fetched of an engine that is a package has checksums, or is none.
  expect(findings({ runtime: { name: 'docker', from: 'docker' } })).toEqual([]);
});

test('repositories: known ones need no more, others an address and a key, each name once', () => {
  const site = { name: 'site', url: 'https://x.example', keyUrl: 'https://k.example' };
  expect(findings({ repositories: [{ name: 'docker-ce' }, { name: 'centos-vault' }, site] })).toEqual([]);
  expect(findings({ repositories: [site, site] })).toEqual([expect.stringContaining('repositories[1].name')]);
});

test.each([
  ['the same name', hosts({ name: 'c1', address: '10.0.0.2' }), /^hosts\[1\]\.name: hosts\[0\] has this name already/],
  [
    'localhost as name',
    hosts({ name: 'localhost', address: '10.0.0.2' }),
    /^hosts\[1\]\.name: every machine has this name/,
  ],
  [
    'the same address',
    hosts({ name: 'w1', address: '10.0.0.1' }),
    /^hosts\[1\]\.address: c1 has this address and SSH port/,
  ],
  [
    'the same DNS name in other case',
    hosts({ name: 'a', address: 'H.example.com' }, { name: 'b', address: 'h.example.com' }),
    /^hosts\[2\]\.address: a has/,
  ],
  ['user and port in the address', hosts({ name: 'w1', address: 'root@10.0.0.2:22' }), /ssh\.user and ssh\.port/],
  [
    'a port behind an IPv6 address in brackets',
    hosts({ name: 'w1', address: '[fd00::2]:22', internalAddress: '10.0.0.2' }),
    /^hosts\[1\]\.address: must be.*use ssh\.port/,
  ],
  [
    'a password in two places',
    { ssh: { passwordEnv: 'A', passwordFile: 'b' } },
    /^ssh\.passwordFile: passwordEnv stands here too/,
  ],
  [
    'a sudo password of a host in two places',
    { hosts: [{ ...C1, sudo: { passwordEnv: 'A', passwordFile: 'b' } }] },
    /^hosts\[0\]\.sudo\.passwordFile: passwordEnv stands here too/,
  ],
  [
    'a bastion with user and port in its address',
    { ssh: { bastions: [{ address: 'u@b:22' }] } },
    /^ssh\.bastions\[0\]\.address: must be an IP address/,
  ],
  [
    'a mistyped IP address',
    hosts({ name: 'w1', address: '10.0.0.256' }),
    /^hosts\[1\]\.address: must be an IP address/,
  ],
  [
    'the same internal address',
    hosts(
      { name: 'w1', address: 'w1.x', internalAddress: '10.9.0.1' },
      { name: 'w2', address: 'w2.x', internalAddress: '10.9.0.1' },
    ),
    /^hosts\[2\]\.internalAddress: w1 has/,
  ],
  [
    'an internal address that is the address of another host',
    hosts({ name: 'w1', address: 'w1.x', internalAddress: '10.0.0.1' }),
    /^hosts\[1\]\.internalAddress: c1 has/,
  ],
  [
    'an IPv6 address alone',
    hosts({ name: 'w1', address: 'fd00::2' }),
    /^hosts\[1\]\.address: nodes need an IPv4 address.*internalAddress/,
  ],
  [
    'a loopback address alone',
    hosts({ name: 'w1', address: '127.0.0.1' }),
    /^hosts\[1\]\.address: other hosts cannot reach.*internalAddress/,
  ],
  [
    'a role twice',
    hosts({ name: 'w1', address: '10.0.0.2', roles: ['worker', 'worker'] }),
    /^hosts\[1\]\.roles\[1\]: this role stands twice/,
  ],
  [
    'no control plane',
    { hosts: [{ name: 'w1', address: '10.0.0.2' }] },
    /^hosts: one host needs roles: \[control-plane\]/,
  ],
  [
    'two control planes whose datastore is on one host',
    { ...hosts({ ...C1, name: 'c2', address: '10.0.0.2' }), controlPlane: 'embedded' },
    /^hosts\[1\]\.roles: SQLite keeps its data on one host, and c1 is it\. Make this one a worker, or take controlPlane: static-pods with datastore: etcd or external-etcd, or controlPlane: embedded with datastore: etcd or external-etcd/,
  ],
  [
    'eight control planes',
    hosts(...[2, 3, 4, 5, 6, 7, 8].map((n) => ({ ...C1, name: `c${String(n)}`, address: `10.0.0.${String(n)}` }))),
    /^hosts\[7\]\.roles: etcd has at most 7 members/,
  ],
  ['a label with a space', { hosts: [{ ...C1, labels: { 'a b': 'c' } }] }, /labels\."a b": the name of a label/],
  ['a label value that starts with -', { hosts: [{ ...C1, labels: { a: '-c' } }] }, /labels\.a: the value of a label/],
  [
    'a label with an upper-case prefix',
    { hosts: [{ ...C1, labels: { 'Example.com/a': 'c' } }] },
    /what stands before "\/" in a label must be a DNS name/,
  ],
  [
    'a taint twice',
    {
      hosts: [
        {
          ...C1,
          taints: [
            { key: 'a', effect: 'NoExecute' },
            { key: 'a', value: 'b', effect: 'NoExecute' },
          ],
        },
      ],
    },
    /taints\[1\]: a taint with this key and effect/,
  ],
  [
    'networks that overlap',
    { network: { podCIDR: '10.100.0.0/16' } },
    /^network\.serviceCIDR: overlaps network\.podCIDR/,
  ],
  [
    'a network that contains a host',
    { network: { podCIDR: '10.0.0.0/16' } },
    /^network\.podCIDR: contains the address of c1 \(10\.0\.0\.1\)/,
  ],
  [
    'a default network that contains a host',
    { hosts: [{ ...C1, address: '10.96.3.4' }] },
    /^network\.serviceCIDR: contains the address of c1/,
  ],
  ['address bits beyond the prefix', { network: { podCIDR: '10.244.3.0/16' } }, /prefix length -> 10\.244\.0\.0\/16$/],
  ['a reserved network', { network: { podCIDR: '127.0.0.0/16' } }, /overlaps 127\.0\.0\.0\/8/],
  ['few Services', { network: { serviceCIDR: '10.96.0.0/29' } }, /^network\.serviceCIDR: is too small.*\/12 to \/28/],
  ['too many Services', { network: { serviceCIDR: '10.96.0.0/11' } }, /^network\.serviceCIDR: is too large/],
  ['a domain in upper case', { network: { domain: 'Cluster.local' } }, /^network\.domain/],
  [
    'an old version',
    { kubernetesVersion: '1.33.9' },
    /^kubernetesVersion: this version of Kubernetes is not supported/,
  ],
  ['a version of the future', { kubernetesVersion: '1.37.0' }, /^kubernetesVersion/],
  ['an endpoint with a scheme', { apiServer: { endpoint: 'https://lb:6443' } }, /-> lb:6443$/],
  [
    'an endpoint with a port out of range',
    { apiServer: { endpoint: 'lb:70000' } },
    /^apiServer\.endpoint: the port must be 1 to 65535/,
  ],
  ['an endpoint with a bare IPv6 address', { apiServer: { endpoint: 'fd00::1:6443' } }, /-> \[fd00::1\]:6443$/],
  ['the port of the kubelet', { apiServer: { port: 10250 } }, /^apiServer\.port: this is the port of the kubelet/],
  [
    'a balancer at the port of the API server',
    { apiServer: { balancer: 'local', balancerPort: 6443 } },
    /^apiServer\.balancerPort: this is the port of the API server/,
  ],
  [
    'a balancer at the port of the kubelet',
    { apiServer: { balancer: 'local', balancerPort: 10250 } },
    /^apiServer\.balancerPort: this is the port of the kubelet/,
  ],
  ['the port of sshd', { apiServer: { port: 22 } }, /^apiServer\.port: sshd of c1/],
  [
    'a certificate name with a scheme',
    { apiServer: { certSANs: ['*.example.com', 'https://x'] } },
    /^apiServer\.certSANs\[1\]/,
  ],
  ['etcd data in a folder that others use', { etcd: { dataDir: '/var/lib/' } }, /^etcd\.dataDir/],
  ['certificates that outlive their CA', { pki: { validityDays: 400, caValidityDays: 300 } }, /^pki\.validityDays/],
  [
    'official programs of a runtime that has none',
    { runtime: { name: 'docker' }, artifacts: { source: 'official' } },
    /^artifacts\.source: Docker with cri-dockerd cannot be had from official releases/,
  ],
  [
    'a mirror that the runtime cannot have',
    { runtime: { name: 'docker', registryMirrors: [{ registry: 'quay.io', endpoints: ['https://m'] }] } },
    /^runtime\.registryMirrors\[0\]\.registry: Docker has mirrors of docker\.io only/,
  ],
  [
    'a mirror below a path, for a runtime that asks at the root only',
    {
      runtime: { name: 'crio', registryMirrors: [{ registry: 'quay.io', endpoints: ['https://m', 'https://m/a/v2'] }] },
    },
    /^runtime\.registryMirrors\[0\]\.endpoints\[1\]: CRI-O asks a mirror at \/v2 of its host only/,
  ],
  [
    'a registry as URL',
    { runtime: { registryMirrors: [{ registry: 'https://docker.io/v2', endpoints: ['https://m'] }] } },
    /-> docker\.io$/,
  ],
  [
    'a login without a password',
    { runtime: { registries: [{ registry: 'r.example:5000', username: 'me' }] } },
    /^runtime\.registries\[0\]: has a username and no password/,
  ],
  [
    'a password without a username',
    { runtime: { registries: [{ registry: 'r.example', passwordEnv: 'TOKEN' }] } },
    /^runtime\.registries\[0\]: has a password and no username/,
  ],
  [
    'a password in two places',
    { runtime: { registries: [{ registry: 'r.example', username: 'me', passwordEnv: 'T', passwordFile: 't' }] } },
    /^runtime\.registries\[0\]: has two places/,
  ],
  [
    'two entries for one registry',
    { runtime: { registries: [{ registry: 'r.example' }, { registry: 'r.example' }] } },
    /^runtime\.registries\[1\]\.registry: this registry stands above already/,
  ],
  [
    'a registry with two dots',
    { runtime: { registries: [{ registry: 'r..example' }] } },
    /^runtime\.registries\[0\]\.registry: must be the host of a registry, with :port where it has one$/,
  ],
  ['a registry with no port', { runtime: { registries: [{ registry: 'r.example:99999' }] } }, /one$/],
  ['the default of mirrors as a registry', { runtime: { registries: [{ registry: '_default' }] } }, /one$/],
  ['Docker Hub by another name', { runtime: { registries: [{ registry: 'index.docker.io' }] } }, /-> docker\.io$/],
  [
    'a username with a colon',
    { runtime: { registries: [{ registry: 'r.example', username: 'a:b', passwordEnv: 'T' }] } },
    /^runtime\.registries\[0\]: has a ':' in its username/,
  ],
  ['a flag with dashes', { apiServer: { extraArgs: { '--v': '2' } } }, /-> v$/],
  ['a flag value of two lines', { etcd: { extraArgs: { v: 'a\nb' } } }, /one line/],
  ['a sysctl with a typo', { sysctls: { 'nett.core.somaxconn': '1' } }, /-> net\.core\.somaxconn$/],
])('%s', (_, spec, expected) => {
  const all = findings(spec);
  expect(all).toHaveLength(1);
  expect(all[0]).toMatch(expected);
});

test('the path of the API behind an endpoint is left to the runtime, and so is a slash', () => {
  const endpoints = ['https://m/', 'http://m:5000/v2/', 'https://m/proxy/v2//', 'https://m/v2/x'];
  const spec = specSchema.parse({ hosts: [C1], runtime: { registryMirrors: [{ registry: 'docker.io', endpoints }] } });
  expect(spec.runtime.registryMirrors[0]?.endpoints).toEqual([
    'https://m',
    'http://m:5000',
    'https://m/proxy/v2',
    'https://m/v2/x',
  ]);
});

const mirror = (endpoint: string): object => ({
  runtime: { registryMirrors: [{ registry: 'docker.io', endpoints: [endpoint] }] },
});

test.each([
  [mirror('http://user:secret@m:5000'), 'must have no login in it'],
  [mirror('https://m/proxy'), 'https://m/v2/proxy where its image names begin with proxy/, https://m/proxy/v2 where'],
  [mirror('https://m/v2x/'), 'https://m/v2/v2x where its image names begin with v2x/'],
  [mirror('https://m/?x=1'), "without '?' or '#'"],
  [mirror('https://m/#x'), "without '?' or '#'"],
  [{ artifacts: { baseUrl: 'https://user:secret@files' } }, 'must have no login in it'],
  [{ kernel: { keyUrl: 'https://user:secret@files/key' } }, 'must have no login in it'],
])('an address that hosts would hand on, or not take: %j', (spec, message) => {
  const { error } = specSchema.safeParse({ hosts: [C1], ...spec });
  expect(error?.issues.map((issue) => issue.message).join()).toContain(message);
});

test('pod network: a /24 for each host', () => {
  const many = Array.from({ length: 5 }, (_, index) => ({
    name: `h${String(index)}`,
    address: `10.0.0.${String(index + 2)}`,
  }));
  expect(findings({ ...hosts(...many), network: { podCIDR: '10.244.0.0/22' } })).toEqual([
    'network.podCIDR: is too small: each host gets a /24, so there is room for 4 of 6 hosts; its prefix must be /21 or shorter',
  ]);
  expect(findings({ ...hosts(...many), network: { podCIDR: '10.244.0.0/21' } })).toEqual([]);
  expect(findings({ network: { podCIDR: '10.244.0.0/26' } })).toEqual([
    'network.podCIDR: is too small: each host gets a /24, so there is room for 0 of 1 host; its prefix must be /24 or shorter',
  ]);
  expect(
    findings({
      ...hosts(...many),
      network: { podCIDR: '10.244.0.0/23' },
      controllerManager: { extraArgs: { 'node-cidr-mask-size': '26' } },
    }),
  ).toEqual([]);
});

test('ports apart make one address two machines', () => {
  const text =
    'hosts:\n- {name: c1, address: gate.example.com, roles: [control-plane], ssh: {port: 2201}, internalAddress: 10.0.0.1}\n- {name: w1, address: gate.example.com, ssh: {port: 2202}, internalAddress: 10.0.0.2}\n';
  expect(findings(parse(text) as Record<string, unknown>)).toEqual([]);
});

test('every option a rule reads exists', () => {
  const known = inventoryOptions().map(({ path }) => path.replaceAll('[]', ''));
  expect(rules.flatMap((rule) => rule.reads).filter((option) => !known.includes(option))).toEqual([]);
});

test('an IPv6 address may stand in brackets, a host may be a name with an underscore, and behind different bastions the same address is another machine', () => {
  const inner = { ...C1, internalAddress: '10.0.0.1' };
  expect(specSchema.parse({ hosts: [{ ...inner, address: '[fe80::1%eth0]' }] }).hosts[0]?.address).toBe('fe80::1%eth0');
  expect(
    findings({
      hosts: [
        { ...inner, address: '[fd00::1]' },
        { name: 'w1', address: 'my_box' },
      ],
    }),
  ).toEqual([]);
  const behind = (name: string, bastion: string): object => ({
    name,
    address: '192.168.0.5',
    internalAddress: name === 'w1' ? '10.0.0.8' : '10.0.0.9',
    ssh: { bastions: [{ address: bastion }] },
  });
  expect(findings(hosts(behind('w1', 'b1'), behind('w2', 'b2')))).toEqual([]);
});

test("a kernel's own fingerprint needs the address of that key", () => {
  const fingerprint = '96C0 104F 6315 4731 1E0B B1AE 309B C305 BAAD AE52';
  const kernel = { upgrade: 'elrepo-lt', package: 'kernel-lt-1', sha256: 'a'.repeat(64), fingerprint };
  expect(findings({ kernel })).toEqual(['kernel.fingerprint: needs keyUrl too: where that key is']);
  expect(findings({ kernel: { ...kernel, keyUrl: 'https://k.example/key' } })).toEqual([]);
});

test.each([
  ['two versions', ['chrony=4.3', 'chrony=4.4'], '(chrony=4.3)'],
  ['one with a version and one without', ['socat', 'chrony', 'socat=1.7'], '(socat)'],
])('packages: %s of one package', (_what, packages, before) => {
  expect(findings({ packages })).toEqual([
    `packages[${String(packages.length - 1)}]: this package stands above already ${before}; keep one of them`,
  ]);
});

test('a registry is one, in whichever case its name is written', () => {
  const mirror = (registry: string): object => ({ registry, endpoints: ['https://m.example'] });
  const runtime = {
    registryMirrors: [mirror('Docker.IO'), mirror('docker.io')],
    registries: [{ registry: 'R.example' }],
  };
  expect(findings({ runtime })).toEqual([
    'runtime.registryMirrors[1].registry: this registry stands above already; put all its endpoints there',
  ]);
  const { registryMirrors, registries } = specSchema.parse({ hosts: [C1], runtime }).runtime;
  expect([...registryMirrors, ...registries].map(({ registry }) => registry)).toEqual([
    'docker.io',
    'docker.io',
    'r.example',
  ]);
  expect(findings({ runtime: { registryMirrors: [mirror('Index.Docker.IO')] } })).toEqual([
    expect.stringMatching(/is docker\.io in image names -> docker\.io$/),
  ]);
});
