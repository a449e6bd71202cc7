import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';
import type { PastFile } from '../../model/past.js';
import { KUBELET_CONF, PKI_DIR, pkiPair } from '../../pki/index.js';
import { authorityOf, certificatesOf } from '../authority.js';

const CONFIGS = '/etc/kubernetes/*.conf';
const { crt: CA } = pkiPair('ca');

/** What a node knows its cluster by, where that is another one. */
export const clusterFiles: LeftoverRow = {
  name: 'cluster-files',
  title: "Another cluster's kubeconfigs and certificates",
  harm: 'The kubelet would go on talking to the old cluster, or trust its authority.',
  looks: () => ({
    kubeconfigs: [CONFIGS],
    certificates: [`${PKI_DIR}/*.crt`, `${PKI_DIR}/*/*.crt`],
    files: [`${PKI_DIR}/*ca.key`, `${PKI_DIR}/*/ca.key`],
  }),
  find: (host) => {
    const { past, ours, mine } = host;
    if (mine) return [];
    const kubeconfigs = past.files.filter(
      ({ path, text = '' }) => /^\/etc\/kubernetes\/[^/]+\.conf$/.test(path) && !ours(authorityOf(text)),
    );
    const folder = foreignFolder(host);
    return [
      ...kubeconfigs.map((file) => leftover(host, file, serverOf(file.text ?? ''))),
      ...(folder === undefined ? [] : [leftover(host, { ...folder, path: PKI_DIR }, holderOf(folder.text))]),
    ];
  },
};

/** A certificate that gives the folder of certificates away as another cluster's. */
function foreignFolder({ past, older, ours }: LeftoverHost): PastFile | undefined {
  const files = past.files.filter(({ path }) => path.startsWith(`${PKI_DIR}/`) && path.endsWith('.crt'));
  const judged = files.find(({ path }) => path === CA) ?? files[0];
  if (judged === undefined || ours(judged.text) || !older(judged)) return undefined;
  // Authorities alone were laid there for a cluster to come (kubeadm: "Custom certificates").
  const withLeaves = files.some(({ path }) => !/\/(ca|front-proxy-ca)\.crt$/.test(path));
  const withKeys = files.every(({ path }) => past.files.some((file) => file.path === path.replace(/crt$/, 'key')));
  return withLeaves || !withKeys ? judged : undefined;
}

const STATE = '/var/lib/kubelet';
const CLIENTS = `${STATE}/pki/kubelet-client-`;
/** What the kubelet reads at its start, besides what kinit writes. */
const STATE_FILES = [
  'cpu_manager_state',
  'memory_manager_state',
  'dra_manager_state',
  'actuated_pods_state',
  'allocated_pods_state',
  'pods/*',
  'checkpoints/*',
  'plugins/*',
  'plugins_registry/*',
  'device-plugins/*',
];

/** Other rows look for other files of it. */
const STATE_PLACES = [CLIENTS, ...STATE_FILES.map((name) => `${STATE}/${name.replace('*', '')}`)];

/** The kubelet's own certificate and state: it takes them up without a question. */
export const kubeletState: LeftoverRow = {
  name: 'kubelet-state',
  title: 'State of an earlier kubelet',
  harm: 'The kubelet would show its old certificate to the new cluster, or not start because of its old state.',
  looks: () => ({ certificates: [`${CLIENTS}*.pem`], files: STATE_FILES.map((name) => `${STATE}/${name}`) }),
  find: (host) => {
    const { past, older, ours, mine } = host;
    const files = past.files.filter(({ path }) => STATE_PLACES.some((place) => path.startsWith(place)));
    // Also on a node that an earlier run joined with it: it never got through.
    const clients = files.filter((file) => file.path.startsWith(CLIENTS) && !ours(file.text) && older(file));
    const rest = mine ? [] : files.filter((file) => !file.path.startsWith(`${STATE}/pki/`) && older(file));
    return [...clients, ...byFolder(rest)].map((file) => leftover(host, file, holderOf(file.text)));
  },
};

/** Entries below a folder are told, and moved, as one. */
function byFolder(files: readonly PastFile[]): readonly PastFile[] {
  const tops = new Map<string, PastFile>();
  for (const file of files) {
    const top = file.path.split('/').slice(0, 5).join('/');
    if (!tops.has(top)) tops.set(top, { ...file, path: top });
  }
  return [...tops.values()];
}

function leftover(host: LeftoverHost, file: PastFile, of?: string): Leftover {
  const byKinit = !host.older(file);
  const aside = byKinit || isAlive(host) ? undefined : { do: 'move' as const, path: file.path, remade: true as const };
  return {
    what: file.path,
    ...(of === undefined ? {} : { owner: of }),
    written: file.written,
    severity: 'error',
    ...(aside === undefined ? {} : { aside }),
    advice: byKinit
      ? `kinit made it for another cluster: kinit reset ${host.facts.host}, with that cluster's inventory.`
      : isAlive(host)
        ? 'Its kubelet runs: take the node out of that cluster (kubectl drain and delete), then systemctl disable --now kubelet.'
        : 'Take the node out of that cluster, if that is still there (kubectl delete node), and remove these files.',
  };
}

/** What runs is stopped by its owner, never by the way. One that kinit started, in a run that did not get through, is kinit's. */
function isAlive({ facts, mine, past }: LeftoverHost): boolean {
  const started = past.recorded.includes('service:kubelet');
  return facts.kubernetes.kubeletActive && !mine && !started && past.files.some(({ path }) => path === KUBELET_CONF);
}

function holderOf(pem: string | undefined): string | undefined {
  const [certificate] = certificatesOf(pem);
  const name = (subject: string | undefined): string => /^CN=(.*)$/m.exec(subject ?? '')?.[1] ?? 'without a name';
  return certificate === undefined ? undefined : `${name(certificate.subject)}, signed by ${name(certificate.issuer)}`;
}

function serverOf(text: string): string | undefined {
  const server = /^[ -]*server: *"?([^"\s]{1,200})/m.exec(text)?.[1];
  return server === undefined ? undefined : `cluster at ${server}`;
}
