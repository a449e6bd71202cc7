import { parse } from 'yaml';
import { SERVER_FILE } from '../../../src/model/facts.js';
import type { LabHandle } from './kinit.js';

/** How the control plane runs. */
export type Form = 'static-pods' | 'embedded';

/** A file of a host that the CIS Kubernetes benchmark (1.12) wants closed. */
interface FileRule {
  readonly number: string;
  readonly on: 'all' | 'control-plane';
  /** Absent: every one. */
  readonly form?: Form;
  /** Shell globs; at least one file must be there. */
  readonly glob: string;
  /** No bit beyond these. */
  readonly mode: number;
  readonly owner: string;
}

/** A flag of a running process. */
interface FlagRule {
  readonly number: string;
  readonly process: string;
  readonly form?: Form;
  readonly flag: string;
  /** Absent: the flag must not be set. */
  readonly value?: RegExp;
}

const FILES: readonly FileRule[] = [
  {
    number: '1.1.1-1.1.8',
    on: 'control-plane',
    form: 'static-pods',
    glob: '/etc/kubernetes/manifests/*.yaml',
    mode: 0o600,
    owner: 'root:root',
  },
  { number: '1.1.9-1.1.10', on: 'all', glob: '/etc/cni/net.d/*', mode: 0o600, owner: 'root:root' },
  {
    number: '1.1.1-1.1.8',
    on: 'control-plane',
    form: 'embedded',
    glob: SERVER_FILE,
    mode: 0o600,
    owner: 'root:root',
  },
  {
    number: '1.1.11-1.1.12',
    on: 'control-plane',
    form: 'static-pods',
    glob: '/var/lib/etcd',
    mode: 0o700,
    owner: 'etcd:etcd',
  },
  {
    number: '1.1.11-1.1.12',
    on: 'control-plane',
    form: 'embedded',
    glob: '/var/lib/kinit-datastore',
    mode: 0o700,
    owner: 'root:root',
  },
  {
    number: '-',
    on: 'control-plane',
    form: 'embedded',
    glob: '/var/lib/kinit-datastore/*',
    mode: 0o600,
    owner: 'root:root',
  },
  { number: '1.1.13-1.1.18', on: 'control-plane', glob: '/etc/kubernetes/*.conf', mode: 0o600, owner: 'root:root' },
  {
    number: '1.1.19-1.1.20',
    on: 'control-plane',
    glob: '/etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt',
    mode: 0o644,
    owner: 'root:root',
  },
  {
    number: '1.1.21',
    on: 'control-plane',
    glob: '/etc/kubernetes/pki/*.key /etc/kubernetes/pki/etcd/*.key',
    mode: 0o600,
    owner: 'root:root',
  },
  {
    number: '1.2.27',
    on: 'control-plane',
    glob: '/etc/kubernetes/encryption-config.yaml',
    mode: 0o600,
    owner: 'root:root',
  },
  {
    number: '4.1.1-4.1.2',
    on: 'all',
    glob: '/etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d/*.conf',
    mode: 0o600,
    owner: 'root:root',
  },
  { number: '4.1.5-4.1.6', on: 'all', glob: '/etc/kubernetes/kubelet.conf', mode: 0o600, owner: 'root:root' },
  { number: '4.1.7-4.1.8', on: 'all', glob: '/etc/kubernetes/pki/ca.crt', mode: 0o644, owner: 'root:root' },
  { number: '4.1.9-4.1.10', on: 'all', glob: '/var/lib/kubelet/config.yaml', mode: 0o600, owner: 'root:root' },
  {
    number: '-',
    on: 'all',
    glob: '/var/lib/kubelet/pki/*.pem /var/lib/kubelet/pki/*.key',
    mode: 0o600,
    owner: 'root:root',
  },
  { number: '-', on: 'all', glob: '/var/lib/kinit', mode: 0o700, owner: 'root:root' },
];

const FLAGS: readonly FlagRule[] = [
  { number: '1.2.2', process: 'kube-apiserver', flag: 'token-auth-file' },
  { number: '1.2.4', process: 'kube-apiserver', flag: 'kubelet-client-certificate', value: /./ },
  { number: '1.2.5', process: 'kube-apiserver', flag: 'kubelet-certificate-authority', value: /./ },
  { number: '1.2.6-1.2.8', process: 'kube-apiserver', flag: 'authorization-mode', value: /^Node,RBAC$/ },
  {
    number: '1.2.9, 1.2.14',
    process: 'kube-apiserver',
    flag: 'enable-admission-plugins',
    value: /\bEventRateLimit\b.*\bNodeRestriction\b/,
  },
  { number: '1.2.15', process: 'kube-apiserver', flag: 'profiling', value: /^false$/ },
  { number: '1.2.16', process: 'kube-apiserver', flag: 'audit-log-path', value: /^\// },
  { number: '1.2.17', process: 'kube-apiserver', flag: 'audit-log-maxage', value: /^30$/ },
  { number: '1.2.18', process: 'kube-apiserver', flag: 'audit-log-maxbackup', value: /^10$/ },
  { number: '1.2.19', process: 'kube-apiserver', flag: 'audit-log-maxsize', value: /^100$/ },
  { number: '1.2.27', process: 'kube-apiserver', flag: 'encryption-provider-config', value: /^\// },
  { number: '1.2.29', process: 'kube-apiserver', flag: 'tls-cipher-suites', value: /^TLS_ECDHE_\S+$/ },
  { number: '1.2.30', process: 'kube-apiserver', flag: 'service-account-extend-token-expiration', value: /^false$/ },
  { number: '1.3.1', process: 'kube-controller-manager', flag: 'terminated-pod-gc-threshold', value: /^\d+$/ },
  { number: '1.3.2', process: 'kube-controller-manager', flag: 'profiling', value: /^false$/ },
  { number: '1.3.3', process: 'kube-controller-manager', flag: 'use-service-account-credentials', value: /^true$/ },
  { number: '1.3.7', process: 'kube-controller-manager', flag: 'bind-address', value: /^127\.0\.0\.1$/ },
  { number: '1.4.1', process: 'kube-scheduler', flag: 'profiling', value: /^false$/ },
  { number: '1.4.2', process: 'kube-scheduler', flag: 'bind-address', value: /^127\.0\.0\.1$/ },
  { number: '2.2', process: 'etcd', form: 'static-pods', flag: 'client-cert-auth', value: /^true$/ },
  { number: '2.3', process: 'etcd', form: 'static-pods', flag: 'auto-tls' },
  { number: '2.5', process: 'etcd', form: 'static-pods', flag: 'peer-client-cert-auth', value: /^true$/ },
  { number: '2.6', process: 'etcd', form: 'static-pods', flag: 'peer-auto-tls' },
  { number: '2.7', process: 'etcd', form: 'static-pods', flag: 'trusted-ca-file', value: /\/etcd\/ca\.crt$/ },
  { number: '4.2.7', process: 'kubelet', flag: 'hostname-override' },
];

/** Where a process is another one's part: what is started with its flags. */
const PROGRAMS: Partial<Record<Form, Readonly<Record<string, string>>>> = { embedded: { kubelet: 'kinit-agent' } };

/** What the kubelet says it runs with (its configz), by path. */
const KUBELET: Readonly<Record<string, unknown>> = {
  'authentication.anonymous.enabled': false, // 4.2.1
  'authorization.mode': 'Webhook', // 4.2.2
  'authentication.x509.clientCAFile': '/etc/kubernetes/pki/ca.crt', // 4.2.3
  readOnlyPort: undefined, // 4.2.4: 0 is left out
  streamingConnectionIdleTimeout: '5m0s', // 4.2.5
  makeIPTablesUtilChains: true, // 4.2.6
  eventRecordQPS: 50, // 4.2.8
  rotateCertificates: true, // 4.2.10
  podPidsLimit: 4096, // 4.2.13
  seccompDefault: true, // 4.2.14
  tlsMinVersion: 'VersionTLS12', // 4.2.12
};

/** Every rule of the table that a running host breaks, one line each; [] when all hold. */
export async function hardeningFaults(
  cluster: LabHandle,
  host: string,
  role: 'control-plane' | 'worker',
  form: Form,
): Promise<string[]> {
  const ofForm = (rule: FileRule | FlagRule): boolean => rule.form === undefined || rule.form === form;
  const files = FILES.filter((rule) => ofForm(rule) && (rule.on === 'all' || role === 'control-plane'));
  const flags = FLAGS.filter((rule) => ofForm(rule) && (role === 'control-plane' || rule.process === 'kubelet'));
  const processes = [...new Set(flags.map(({ process }) => process))];
  const { stdout } = await cluster.sh(
    host,
    `${files.map(({ glob }, index) => `stat -L -c 'file ${index} %a %U:%G %n' ${glob} 2>/dev/null`).join('\n')}
     ${processes.map((name) => `for pid in $(pgrep -f '^[^ ]*\\b${PROGRAMS[form]?.[name] ?? name} --'); do echo "process ${name} $(tr '\\0' ' ' < /proc/$pid/cmdline)"; done`).join('\n')}
     true`,
  );
  const lines = [...stdout.split('\n'), ...(await partsOfServer(cluster, host))];
  const configz: unknown = JSON.parse(await cluster.kubectl(`get --raw /api/v1/nodes/${host}/proxy/configz`));
  return [
    ...files.flatMap((rule, index) =>
      fileFaults(
        rule,
        lines.filter((line) => line.startsWith(`file ${index} `)).map((line) => line.split(' ')),
      ),
    ),
    ...flags.flatMap((rule) =>
      flagFaults(
        rule,
        lines.find((line) => line.startsWith(`process ${rule.process} `)),
      ),
    ),
    ...Object.entries(KUBELET).flatMap(([path, wanted]) => {
      const found = at(configz, ['kubeletconfig', ...path.split('.')]);
      return found === wanted ? [] : [`kubelet ${path}: ${String(found)}, wanted ${String(wanted)}`];
    }),
  ].map((fault) => `${host}: ${fault}`);
}

/** What the parts of a control plane of one process were started with, as if each were a process. */
async function partsOfServer(cluster: LabHandle, host: string): Promise<string[]> {
  const { stdout } = await cluster.sh(host, `cat ${SERVER_FILE} 2>/dev/null; true`);
  const server = (parse(stdout) ?? {}) as Readonly<Record<string, readonly string[]>>;
  const parts = {
    'kube-apiserver': 'apiServer',
    'kube-controller-manager': 'controllerManager',
    'kube-scheduler': 'scheduler',
  };
  return Object.entries(parts).flatMap(([name, key]) =>
    server[key] === undefined ? [] : [`process ${name} ${server[key].join(' ')}`],
  );
}

function fileFaults({ number, glob, mode, owner }: FileRule, found: readonly (readonly string[])[]): string[] {
  if (found.length === 0) return [`${number} ${glob}: nothing there`];
  return found.flatMap(([, , bits = '', who = '', path = '']) =>
    (Number.parseInt(bits, 8) & ~mode) === 0 && who === owner
      ? []
      : [`${number} ${path}: ${bits} ${who}, wanted at most ${mode.toString(8)} ${owner}`],
  );
}

function flagFaults({ number, process, flag, value }: FlagRule, line: string | undefined): string[] {
  if (line === undefined) return [`${number} ${process} does not run`];
  const found = line
    .split(' ')
    .find((word) => word.startsWith(`--${flag}=`))
    ?.slice(flag.length + 3);
  const holds = value === undefined ? found === undefined : found !== undefined && value.test(found);
  return holds
    ? []
    : [
        `${number} ${process} --${flag}: ${found ?? 'not set'}, wanted ${value === undefined ? 'not set' : String(value)}`,
      ];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && name in inner
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
