import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  all,
  eventually,
  failuresOf,
  kinit,
  kinitEvents,
  kinitOk,
  lab,
  only,
  type LabHandle,
} from './support/kinit.js';
import { startWeb } from './support/web.js';

/**
 * What the inventory can say besides its defaults, on one lab: a user with sudo, own CAs, other ports and networks, host-gw,
 * iptables, mirrors, marks of nodes, an outside cloud provider, a firewall of each kind that stays on, and files that hosts hand on.
 */
let cluster: LabHandle;
let folder: string;
let inventory: string;
let addresses: readonly string[];
/** A package that the inventory names with the version there is. */
let pinned: string;

beforeAll(async () => {
  cluster = await lab('variants', { hosts: 3 });
  folder = dirname(cluster.inventory);
  addresses = (parse(readFileSync(cluster.inventory, 'utf8')) as { hosts: { address: string }[] }).hosts.map(
    ({ address }) => address,
  );
  for (const name of ['ca', 'mirror'])
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        join(folder, `${name}.key`),
        '-out',
        join(folder, `${name}.crt`),
        '-subj',
        `/O=Example/CN=my-own-${name}`,
        '-days',
        '200',
      ],
      { stdio: 'pipe', timeout: 30_000 },
    );
  const version = (await cluster.sh('node1', "apt-cache policy ebtables | sed -n 's/^ *Candidate: //p'")).stdout.trim();
  pinned = `ebtables=${version}`;
  inventory = writeInventory('variants.yaml', 'iptables');
  await cluster.sh('node3', `${APT} nftables`, { timeoutSeconds: 300 });
});

afterAll(async () => {
  await cluster.down();
});

/** What handing on leaves where it is not ended. */
const HANDED_ON =
  'ls -d /run/kinit* /run/systemd/system/*kinit-hand-on* /var/lib/kinit/hand-on /var/lib/kinit/parts /usr/local/bin/.kinit* /opt/cni/bin/.kinit* 2>/dev/null; true';

function writeInventory(name: string, proxyMode: string): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    `name: variants
hosts:
  - { name: node1, address: ${addresses[0] ?? ''}, roles: [control-plane, worker] }
  - name: node2
    address: ${addresses[1] ?? ''}
    labels: { example.com/disk: ssd }
    taints: [{ key: dedicated, value: databases, effect: PreferNoSchedule }]
  - { name: node3, address: ${addresses[2] ?? ''} }
ssh: { user: debian, identityFile: id_ed25519, knownHostsFile: known_hosts }
apiServer: { port: 7443, certSANs: [api.example.test, 192.0.2.77] }
etcd: { dataDir: /var/lib/etcd-data }
cloudProvider: external
network: { podCIDR: 10.50.0.0/16, serviceCIDR: 10.60.0.0/28, domain: lab.internal, flannelBackend: host-gw }
proxyMode: ${proxyMode}
firewall: open-ports
ipv6: "off"
packages: ["${pinned}"]
timeServers: [192.0.2.123]
kubectl: control-plane
preflight: { requirements: { diskGB: 1 } }
sysctls: { net.core.somaxconn: "4097" }
runtime:
  registryMirrors:
    - { registry: docker.io, endpoints: [https://mirror.example.test], caFile: mirror.crt }
pki:
  validityDays: 30
  ca: { certFile: ca.crt, keyFile: ca.key }
selinux: keep
kubelet:
  cgroupV1: allow
  config:
    maxPods: 77
    evictionHard: { memory.available: 100Mi, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%, imagefs.inodesFree: 0% }
    imageGCHighThresholdPercent: 100
kubeProxy: { config: { conntrack: { maxPerCore: 0 } } }
artifacts: { fanOut: tree }
`,
  );
  return file;
}

describe('before anything is installed', () => {
  test('plan shows every change with the diffs of files, no secret, and changes nothing', async () => {
    const before = await recording();
    const { code, events } = await kinitEvents(['plan', '-i', inventory]);
    expect(code).toBe(0);
    const planned = all(events, 'change-planned')
      .filter(({ host }) => host === 'node1')
      .map(({ change }) => change);
    expect(planned.find(({ resource }) => resource === 'file:/etc/containerd/config.toml')?.diff).toContain(
      '+        SystemdCgroup = true',
    );
    expect(
      planned.find(({ resource }) => resource === 'file:/etc/containerd/certs.d/docker.io/hosts.toml')?.diff,
    ).toContain('+[host."https://mirror.example.test"]');
    expect(planned.find(({ resource }) => resource === 'file:/etc/kubernetes/pki/sa.key')).toMatchObject({
      action: 'create',
    });
    expect(JSON.stringify(events)).not.toMatch(/PRIVATE KEY|client-key-data/);
    expect(await recording()).toBe(before);
    const text = (await kinitOk(['plan', 'node1', '-i', inventory])).stdout;
    expect(text).toContain('      +++ /etc/containerd/config.toml\n');
    expect(text).toContain('Nothing was touched.');
  });

  test('init refuses what a firewall in between drops, by name and direction, and leaves nothing; kinit check shows the table', async () => {
    await cluster.sh('node3', `nft -f - <<'E'\n${WALL}\nE`);
    try {
      const { code, events } = await kinitEvents(['init', '-i', inventory]);
      expect(code).toBe(13);
      expect(JSON.stringify(events.at(-1))).toContain('--ignore-preflight reach-10250');
      const checks = all(events, 'check');
      const failed = checks.filter(({ check }) => check.status === 'error');
      expect(failed.map(({ host, check }) => `${host} ${check.name} ${check.found}`)).toEqual([
        `node1 reach-10250 node3 (${addresses[2] ?? ''}): no answer`,
      ]);
      expect(failed[0]?.check.hint).toContain('Open tcp port 10250 from node1 to node3');
      for (const name of CHECKS) expect(checks.map(({ check }) => check.name)).toContain(name);
      const memory = checks.find(({ check }) => check.name === 'memory')?.check;
      expect(memory).toMatchObject({ status: 'ok', found: '3072 MB', minimum: '1700 MB', recommended: '2000 MB' });
      expect(
        (
          await cluster.sh(
            'node1',
            'ls -d /var/lib/kinit /etc/kubernetes/manifests 2>/dev/null; ps -eo args | grep "[k]init-probe"; true',
          )
        ).stdout,
      ).toBe('');

      const table = await kinit(['check', '-i', inventory, '--ignore-preflight', 'reach-10250']);
      expect(table.code).toBe(0);
      expect(table.stdout).toMatch(/^HOST +STATUS +CHECK +FOUND +MINIMUM +RECOMMENDED/m);
      expect(table.stdout).toMatch(/^node1 +ignored +reach-10250 +node3 .*no answer +reached/m);
      expect(table.stdout).toMatch(/ 0 errors/);
    } finally {
      await cluster.sh('node3', 'nft delete table inet wall');
    }
  });

  test('ipvs: a warning that it is deprecated, and an error with a way out where the kernel has none', async () => {
    const hasIpvs =
      (await cluster.sh('node1', '[ -e /proc/net/ip_vs ] || modprobe -nq ip_vs', { reject: false })).code === 0;
    const { code, events } = await kinitEvents(['check', 'node1', '-i', writeInventory('ipvs.yaml', 'ipvs')]);
    const checks = new Map(all(events, 'check').map(({ check }) => [check.name, check]));
    expect(checks.get('proxy-mode')).toMatchObject({
      status: 'warning',
      hint: expect.stringContaining('deprecated') as string,
    });
    expect(checks.get('kernel-ip_vs')?.status).toBe(hasIpvs ? 'ok' : 'error');
    expect(code).toBe(hasIpvs ? 0 : 13);
    if (!hasIpvs)
      expect(checks.get('kernel-ip_vs')?.hint).toBe(
        'Use a kernel with ip_vs (modprobe ip_vs must work), or set proxyMode: auto.',
      );
  });
});

describe('a cluster', () => {
  beforeAll(async () => {
    await Promise.all(
      PREPARE.map((script, index) => cluster.sh(`node${String(index + 1)}`, script, { timeoutSeconds: 300 })),
    );
  });

  test('init works as a user with sudo, behind ufw, firewalld and nftables rules; nodes wait for their cloud provider', async () => {
    const { code, events, stderr } = await kinitEvents(['init', '-i', inventory]);
    expect({ code, stderr: code === 0 ? '' : stderr, failures: failuresOf(events) }).toEqual({
      code: 0,
      stderr: '',
      failures: [],
    });
    const said = all(events, 'progress');
    expect(said.filter(({ text }) => text.includes('cloud-controller-manager')).map(({ host }) => host)).toEqual([
      'node1',
    ]);
    // Package lists are old on one and missing on the other.
    const refreshed = said
      .filter(({ text }) => text.startsWith('refreshing the package lists'))
      .map(({ host }) => host);
    expect(refreshed).toEqual(expect.arrayContaining(['node2', 'node3']));
    // Programs and images came to one host through SSH, through its firewall to the others, and nothing of that is left.
    const handedOn = said.filter(({ text }) => /^files: \d+ MB from node/.test(text)).map(({ host }) => host);
    expect(handedOn.length).toBeGreaterThanOrEqual(4);
    expect(new Set(handedOn).size).toBeGreaterThanOrEqual(2);
    expect(all(events, 'warning').filter(({ text }) => text.includes('10270'))).toEqual([]);
    for (const host of ['node1', 'node2', 'node3'])
      expect((await cluster.sh(host, HANDED_ON)).stdout, host).toBe('/run/kinit\n');
    const taints = await cluster.kubectl(
      'get nodes -o jsonpath=\'{range .items[*]}{.metadata.name}{range .spec.taints[*]} {.key}:{.effect}{end}{"\\n"}{end}\'',
    );
    const waits = 'node.cloudprovider.kubernetes.io/uninitialized:NoSchedule';
    expect(
      taints
        .trim()
        .split('\n')
        .map((line) => line.split(' ').sort().join(' ')),
    ).toEqual(
      [`${waits} node1`, `dedicated:PreferNoSchedule ${waits} node2`, `${waits} node3`].map((line) =>
        line.split(' ').sort().join(' '),
      ),
    );
  });

  test('once the nodes are taken over, DNS and Services answer across nodes, and nothing of the test is left to see', async () => {
    // What a cloud-controller-manager does when it has seen to a node.
    await cluster.kubectl('taint nodes --all node.cloudprovider.kubernetes.io/uninitialized-');
    const { code, events } = await kinitEvents(['init', '-i', inventory]);
    expect({ code, failures: failuresOf(events), changes: all(events, 'change-applied') }).toEqual({
      code: 0,
      failures: [],
      changes: [],
    });
    expect(
      all(events, 'progress').some(({ text }) =>
        text.startsWith('checking DNS and Services from a pod on each of 3 nodes'),
      ),
    ).toBe(true);
    expect(await cluster.kubectl('get pods,services,namespaces -A -o name')).not.toContain('kinit-probe');
  });

  test('a NodePort answers on every node, though their firewalls are on', async () => {
    const port = await startWeb(cluster, 3);
    const urls = addresses.map((address) => `http://${address}:${port}/`).join(' ');
    for (const host of ['node1', 'node2', 'node3']) {
      const fetched = await eventually(`the page from ${host}`, 30, () =>
        cluster.sh(host, `for url in ${urls}; do curl -fsS -m 5 -o /dev/null "$url" && echo ok || exit 1; done`),
      );
      expect(fetched.stdout, host).toBe('ok\nok\nok\n');
    }
    expect((await cluster.sh('node1', 'ufw status')).stdout).toContain('Status: active');
    expect((await cluster.sh('node2', 'systemctl is-active firewalld')).stdout).toBe('active\n');
    expect(
      (await cluster.sh('node3', 'systemctl is-active nftables; nft list chain inet filter input')).stdout,
    ).toContain('policy drop');
  });

  test('everything the inventory says is so on the hosts', async () => {
    const facts = (
      await cluster.sh(
        'node1',
        `cd /etc/kubernetes
      openssl x509 -in pki/ca.crt -noout -subject
      openssl x509 -in pki/apiserver.crt -noout -issuer -ext subjectAltName
      echo $(( ($(date -d "$(openssl x509 -in pki/apiserver.crt -noout -enddate | cut -d= -f2)" +%s) - $(date -d "$(openssl x509 -in pki/apiserver.crt -noout -startdate | cut -d= -f2)" +%s)) ))
      sha256sum pki/front-proxy-ca.crt /root/front-proxy-ca.crt | cut -d' ' -f1 | uniq | wc -l
      cat /etc/containerd/certs.d/docker.io/hosts.toml
      cmp /etc/containerd/certs.d/docker.io/ca.crt - <<'E' && echo same-mirror-ca
${readFileSync(join(folder, 'mirror.crt'), 'utf8').trimEnd()}
E
      ls -d /var/lib/etcd-data/member
      sysctl -n net.core.somaxconn net.ipv6.conf.all.disable_ipv6 fs.inotify.max_user_instances
      ip route
      grep maxPods /var/lib/kubelet/config.yaml
      dpkg-query -W -f '\${db:Status-Want} \${Package}=\${Version}\\n' ebtables
      chronyc -n sources
      stat -c %a /root/.kube/config; unset KUBECONFIG; kubectl config current-context`,
      )
    ).stdout;
    expect(facts).toContain('subject=O = Example, CN = my-own-ca');
    expect(facts).toContain('issuer=O = Example, CN = my-own-ca');
    expect(facts).toMatch(
      /DNS:kubernetes\.default\.svc\.lab\.internal, IP Address:10\.60\.0\.1, .*DNS:api\.example\.test, IP Address:192\.0\.2\.77/,
    );
    // 30 days and the 5 minutes that it is dated back.
    expect(facts).toContain(`\n${String(30 * 86_400 + 300)}\n1\n`);
    expect(facts).toContain('[host."https://mirror.example.test"]\n');
    expect(facts).toContain('same-mirror-ca\n/var/lib/etcd-data/member\n4097\n1\n8192\n');
    expect(facts).toMatch(new RegExp(`^10\\.50\\.\\d\\.0/24 via ${addresses[1] ?? ''} dev`, 'm'));
    expect(facts).toContain('maxPods: 77');
    expect(facts).toContain(`hold ${pinned}\n`);
    expect(facts).toContain(' 192.0.2.123 ');
    expect(facts).toContain('600\nkubernetes-admin@variants\n');
    // needrestart may come later: what it is told lies there already.
    expect(
      (await cluster.sh('node2', 'cat /etc/needrestart/conf.d/zz-kinit.conf; ls -d /root/.kube 2>&1; true')).stdout,
    ).toMatch(/qr\(\^\(\?:containerd\|kubelet\)\\\.service\$\)\} = 0;\n.*No such file/);
    expect(
      await cluster.kubectl(
        "get node node2 -o jsonpath='{.metadata.labels.example\\.com/disk} {.metadata.labels.node-role\\.kubernetes\\.io/worker}'",
      ),
    ).toBe('ssd ');
    expect(await cluster.kubectl("get node node1 -o jsonpath='{.metadata.labels}'")).toMatch(
      /node-role.kubernetes.io\/control-plane.*node-role.kubernetes.io\/worker/,
    );
    expect(await cluster.kubectl('-n kube-system get configmap kube-proxy -o yaml')).toContain('mode: iptables');
  });

  test('swap is off after a reboot too: fstab, units and what makes zram', async () => {
    const { stdout } = await cluster.sh(
      'node2',
      'grep swap /etc/fstab; systemctl is-enabled zramswap; ls /etc/systemd/system/swap-extra.swap 2>&1; true',
    );
    expect(stdout).toMatch(/^#.*\/swapfile none swap sw 0 0\ndisabled\n.*No such file/);
  });

  test('tokens: for ever or for a time, listed without their secrets, deleted; a wrong duration is told', async () => {
    const token = (await kinitOk(['token', 'create', '--ttl', '0', '-i', inventory])).stdout.trim();
    expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    const [id = '', secret = ''] = token.split('.');
    const second = (await kinitOk(['token', 'create', '--ttl', '2h', '--print-join-command', '-i', inventory])).stdout;
    expect(second).toMatch(new RegExp(`^kubeadm join ${addresses[0] ?? ''}:7443 --token `));
    const list = (await kinitOk(['token', 'list', '-i', inventory])).stdout;
    expect(list).toMatch(new RegExp(`^${id} +never`, 'm'));
    expect(list).not.toContain(secret);
    await kinitOk(['token', 'delete', id, '-i', inventory]);
    const left = (await kinitOk(['token', 'list', '-i', inventory])).stdout;
    expect(left).not.toContain(id);
    expect(left).toMatch(/\d{4}-\d\d-\d\dT/);
    const wrong = await kinit(['token', 'create', '--ttl', '5x', '-i', inventory]);
    expect({ code: wrong.code, hint: wrong.stderr.includes('24h; 0: for ever.') }).toEqual({ code: 10, hint: true });
  });

  test('kubeconfig: into a file of mode 600, onto the workers, and merged into a file of others that keeps every line', async () => {
    const cwd = join(folder, 'work');
    mkdirSync(cwd);
    await kinitOk(['kubeconfig', '--on-workers', '-i', inventory], { cwd });
    expect(statSync(join(cwd, 'kubeconfig')).mode & 0o777).toBe(0o600);
    expect(
      (await cluster.sh('node2', 'stat -c %a:%U /root/.kube/config; KUBECONFIG= kubectl get nodes -o name')).stdout,
    ).toBe('600:root\nnode/node1\nnode/node2\nnode/node3\n');
    const merged = join(cwd, 'merged');
    writeFileSync(merged, OTHER_KUBECONFIG);
    for (let time = 0; time < 2; time++)
      await kinitOk(['kubeconfig', '--merge', '-i', inventory], { cwd, env: { KUBECONFIG: merged } });
    // Every line of the user's stands where it stood; the second time there was nothing to do, so there is one copy.
    const text = readFileSync(merged, 'utf8');
    expect(
      text
        .split('\n')
        .filter((line) => OTHER_KUBECONFIG.split('\n').includes(line))
        .join('\n'),
    ).toContain(OTHER_KUBECONFIG.trimEnd());
    const copies = readdirSync(cwd).filter((name) => name.startsWith('merged.before-kinit-'));
    expect(copies.map((name) => readFileSync(join(cwd, name), 'utf8'))).toEqual([OTHER_KUBECONFIG]);
    // The real kubectl reads the words of YAML 1.1 as the user wrote them, and reaches the cluster through ours.
    await cluster.sh('node1', `cat > /tmp/merged <<'END'\n${text}END\nchmod 600 /tmp/merged`);
    const kubectl = async (args: string): Promise<string> =>
      (await cluster.sh('node1', `kubectl --kubeconfig /tmp/merged ${args}`)).stdout;
    expect(await kubectl('config get-contexts -o name')).toBe('1_000\non\nvariants\n');
    expect(await kubectl('config current-context')).toBe('on\n');
    expect(await kubectl(`config view --raw -o 'jsonpath={.users[?(@.name=="y")].user.token}'`)).toBe('0777');
    expect(await kubectl('--context variants get nodes -o name')).toBe('node/node1\nnode/node2\nnode/node3\n');
    await kinitOk(['kubeconfig', '--merge', '--use', '-i', inventory], { cwd, env: { KUBECONFIG: merged } });
    expect(parse(readFileSync(merged, 'utf8'))).toMatchObject({ 'current-context': 'variants' });
  });

  test('kubeconfig onto the workers: what is there stays without --yes, another host is done all the same, reset undoes both', async () => {
    const cwd = join(folder, 'on-workers');
    mkdirSync(cwd);
    await cluster.sh('node2', 'cp -p /root/.kube/config /root/ours; echo mine > /root/.kube/config');
    await cluster.sh('node3', 'rm /root/.kube/config');
    const { code, events } = await kinitEvents(['kubeconfig', '--on-workers', '-i', inventory], { cwd });
    expect({
      code,
      failed: only(events, 'run-finished').failedHosts,
      written: all(events, 'change-applied').map(({ host, change }) => [host, change.resource]),
    }).toEqual({ code: 16, failed: ['node2'], written: [['node3', 'file:/root/.kube/config']] });
    expect(statSync(join(cwd, 'kubeconfig')).mode & 0o777).toBe(0o600);
    expect((await cluster.sh('node2', 'cat /root/.kube/config')).stdout).toBe('mine\n');
    await kinitOk(['kubeconfig', '--on-workers', '--yes', '-i', inventory], { cwd });
    expect(
      (await cluster.sh('node2', 'cmp /root/.kube/config /root/ours; rm /root/ours; ls -A /root/.kube')).stdout,
    ).toMatch(/^(cache\n)?config\n$/);
  });

  test('plan has nothing to say afterwards, and reset gives the firewalls and swap back as they were', async () => {
    const { events } = await kinitEvents(['plan', '-i', inventory]);
    expect(all(events, 'change-planned')).toEqual([]);
    const reset = await kinitEvents(['reset', '--yes', '-i', inventory]);
    expect({ code: reset.code, failed: only(reset.events, 'run-finished').failedHosts }).toEqual({
      code: 0,
      failed: [],
    });
    expect(
      (await cluster.sh('node1', 'ufw show added | grep ^ufw; apt-mark showhold; ls /root/.kube/config 2>&1; true'))
        .stdout,
    ).toMatch(/^ufw allow 22\/tcp\n.*No such file or directory\n$/);
    expect(
      (
        await cluster.sh(
          'node2',
          'for Z in public trusted; do firewall-cmd --permanent --zone=$Z --list-ports; firewall-cmd --zone=$Z --list-ports; firewall-cmd --zone=$Z --list-sources; done; grep swap /etc/fstab; systemctl is-enabled zramswap; ls /etc/systemd/system/swap-extra.swap',
        )
      ).stdout.trim(),
    ).toBe('/swapfile none swap sw 0 0\nenabled\n/etc/systemd/system/swap-extra.swap');
    expect(
      (
        await cluster.sh(
          'node3',
          `nft list table inet filter | grep -c kinit; ls /etc/nftables.kinit.nft 2>/dev/null; cmp /etc/nftables.conf /root/nftables.conf && echo same`,
          { reject: false },
        )
      ).stdout,
    ).toBe('0\nsame\n');
  });
});

/** Everything on the hosts that kinit might touch, as one digest: names, modes, sizes, times of files, and what runs. */
async function recording(): Promise<string> {
  const hosts = ['node1', 'node2', 'node3'].map((host) =>
    cluster.sh(
      host,
      "{ find /etc /usr/local /opt /root /var/lib -xdev ! -path '/var/lib/systemd/*' ! -path '/var/lib/sudo/*' -printf '%p %m %u %s %T@\\n' | sort; systemctl list-units --type=service --state=running --no-legend --plain | grep -v 'ssh@\\|user@'; cat /proc/sys/net/ipv4/ip_forward; } | sha256sum",
    ),
  );
  return (await Promise.all(hosts)).map(({ stdout }) => stdout).join('');
}

const CHECKS = [
  'os',
  'arch',
  'init',
  'cpu',
  'memory',
  'disk',
  'kernel',
  'cgroup',
  'kernel-overlay',
  'kernel-br_netfilter',
  'kernel-iptables',
  'hostname',
  'machine-id',
  'clock',
  'swap',
  'firewall',
  'port-7443',
  'port-2379',
  'port-10250',
  'reach-7443',
  'reach-10250',
];

const WALL = `table inet wall {
  chain input {
    type filter hook input priority 0; policy accept;
    tcp dport 10250 drop
  }
}`;

const NFTABLES = `#!/usr/sbin/nft -f
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iif lo accept
    tcp dport 22 accept
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
  }
}
`;

const APT = 'export DEBIAN_FRONTEND=noninteractive; apt-get install -yq --no-install-recommends';

/** What the users of these hosts had set up: firewalls, swap, a CA, package lists that are gone. */
const PREPARE: readonly string[] = [
  `${APT} ufw openssl && ufw allow 22/tcp && ufw --force enable
   mkdir -p /etc/kubernetes/pki && cd /root && openssl req -x509 -newkey rsa:2048 -nodes -keyout front-proxy-ca.key -out front-proxy-ca.crt -subj /CN=theirs -days 300 2>/dev/null && cp front-proxy-ca.crt front-proxy-ca.key /etc/kubernetes/pki/`,
  `${APT} firewalld && systemctl start firewalld
   echo '/swapfile none swap sw 0 0' >> /etc/fstab
   printf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\nRemainAfterExit=yes\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/zramswap.service
   printf '[Swap]\\nWhat=/swap/extra\\n' > /etc/systemd/system/swap-extra.swap
   systemctl daemon-reload; systemctl enable --now zramswap
   rm -f /var/lib/apt/periodic/update-success-stamp; touch -d '3 days ago' /var/lib/apt/lists/partial /var/lib/apt/lists`,
  `cat > /etc/nftables.conf <<'E' && cp /etc/nftables.conf /root/ && systemctl enable --now nftables && rm -rf /var/lib/apt/lists/*
${NFTABLES}E`,
];

const OTHER_KUBECONFIG = `# mine
apiVersion: v1
kind: Config
clusters:
  - name: other # the other one
    cluster: {server: "https://other.example.test"}
users:
  - name: "y"
    user: {token: "0777"}
contexts:
- name: "on"
  context: {cluster: other, user: "y"}
- {name: '1_000', context: {cluster: other, user: "y", namespace: "null"}}
current-context: "on"
`;
