import type { PastFile } from '../../model/past.js';
import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';
import { cutRestore } from '../cut-restore.js';

const UNIT = 'etcd.service';
const CA = '/etc/kubernetes/pki/etcd/ca.crt';

/** kubeadm: DirAvailable--var-lib-etcd. A member that starts on it brings the objects of that cluster back. */
export const etcdData: LeftoverRow = {
  name: 'etcd-data',
  title: 'Data of an earlier etcd',
  harm: 'The new cluster would start with the objects and workloads of the old one.',
  looks: ({ etcd }) => ({ files: [`${etcd.dataDir}/*`, CA], units: [UNIT] }),
  find: (host) => [...(isStranger(host) ? data(host) : []), ...units(host)],
};

export const etcdReplacing = cutRestore(
  'etcd-replacing',
  'A restore of etcd that was cut while it moved the data',
  'etcd would begin an empty cluster.',
  ({ etcd }) => etcd.dataDir,
);

function data(host: LeftoverHost): Leftover[] {
  const { dataDir } = host.spec.etcd;
  const files = contents(host);
  const [first] = files;
  if (first === undefined) return [];
  return [
    {
      what: dataDir,
      owner: `user ${first.owner}`,
      written: Math.max(...files.map(({ written }) => written)),
      severity: 'error',
      aside: { do: 'move', path: dataDir, remade: true },
      advice: `Where nobody needs these data: rm -rf ${dataDir}/*.`,
    },
  ];
}

/** A control plane without its certificates has made no data; and what is older than kinit's work here is not its either. */
function isStranger(host: LeftoverHost): boolean {
  const { past, mine, isControlPlane, older } = host;
  if (!isControlPlane || mine) return false;
  const ca = past.files.find(({ path }) => path === CA);
  return ca === undefined || older(ca) || contents(host).every(older);
}

/** A distribution's own, which holds the ports. */
function units({ past, isControlPlane, spec }: LeftoverHost): Leftover[] {
  if (!isControlPlane) return [];
  return past.units
    .filter(({ name, active, enabled }) => name === UNIT && (active === 'active' || enabled === 'enabled'))
    .map(({ name, active }) => ({
      what: `unit ${name} (${active})`,
      severity: 'error' as const,
      advice: `systemctl disable --now ${name}; look after its data in ${spec.etcd.dataDir} then.`,
    }));
}

function contents({ past, spec }: LeftoverHost): readonly PastFile[] {
  const folder = `${spec.etcd.dataDir}/`;
  // A member's data are folders; a file beside them does no harm.
  return past.files.filter(
    ({ path, type }) => path.startsWith(folder) && type === 'folder' && !path.endsWith('/lost+found'),
  );
}
