import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';

/** Where flannel writes this host's share of the pod network. */
export const SUBNET_FILE = '/run/flannel/subnet.env';
/** Addresses that host-local has given out, by the name of the network, which stock flannel has too. */
const ADDRESSES = '/var/lib/cni/networks/cbr0';

const ADDRESS = /\/[\d.]+$/;

/** What it takes for its own at its start. */
export const flannelState: LeftoverRow = {
  name: 'network-state',
  title: 'State of an earlier pod network',
  harm: 'Pods would get addresses of the old network, or none because all of them seem to be given out.',
  looks: () => ({ texts: [SUBNET_FILE], files: [`${ADDRESSES}/*`] }),
  find: (host) => (host.mine ? full(host) : [...subnet(host), ...addresses(host)]),
};

function subnet({ past, older }: LeftoverHost): Leftover[] {
  return past.files
    .filter((file) => file.path === SUBNET_FILE && older(file))
    .map(({ path, written, text = '' }) => ({
      what: path,
      owner: /^FLANNEL_SUBNET=(\S{1,60})/m.exec(text)?.[1] ?? 'not readable',
      written,
      severity: 'error' as const,
      aside: { do: 'move' as const, path, remade: true as const },
      advice: `rm ${path}.`,
    }));
}

/** Of a node's share, a /24. A node with so many pods would be a rare one. */
const NEARLY_ALL = 250;

/** On a node that runs: containers that went while their plugin was away keep their addresses. */
function full({ past }: LeftoverHost): Leftover[] {
  const count = past.files.filter(({ path }) => path.startsWith(`${ADDRESSES}/`) && ADDRESS.test(path)).length;
  if (count < NEARLY_ALL) return [];
  return [
    {
      what: ADDRESSES,
      owner: `${String(count)} addresses given out`,
      severity: 'error',
      running: 'error',
      advice: `Remove the files there whose first line names no container of crictl pods -q --no-trunc; new pods get their addresses then.`,
    },
  ];
}

function addresses({ past, older }: LeftoverHost): Leftover[] {
  const given = past.files.filter((file) => file.path.startsWith(`${ADDRESSES}/`) && older(file));
  const count = given.filter(({ path }) => ADDRESS.test(path)).length;
  if (count === 0) return [];
  return [
    {
      what: ADDRESSES,
      owner: `${String(count)} addresses given out`,
      written: Math.max(...given.map(({ written }) => written)),
      severity: 'error',
      aside: { do: 'move', path: ADDRESSES, remade: true },
      advice: `rm -r ${ADDRESSES}.`,
    },
  ];
}
