import { datastoreOf } from '../../datastore/index.js';
import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';
import type { Spec } from '../../model/spec.js';
import { runtimeOf } from '../../runtime/index.js';

interface Place {
  readonly path: string;
  /** Programs are started from there. */
  readonly runs?: boolean;
}

/** Folders that kinit and the programs of a node write into, or start programs from. */
function placesOf(spec: Spec): readonly Place[] {
  const { dataFolder } = datastoreOf(spec);
  return [
    { path: '/etc' },
    { path: '/usr/local/bin', runs: true },
    { path: '/usr/libexec/kubernetes/kubelet-plugins/volume/exec' },
    { path: '/opt/cni/bin', runs: true },
    { path: '/var/lib/kinit' },
    { path: '/var/lib/kubelet' },
    { path: runtimeOf(spec).dataFolder },
    ...(dataFolder === undefined ? [] : [{ path: dataFolder }]),
    { path: '/run' },
    { path: '/tmp' },
  ];
}

/** Mounts that forbid what a node does there. */
export const places: LeftoverRow = {
  name: 'mounts',
  title: 'Mounts that forbid writing or running programs',
  harm: 'Programs of the cluster are written and started there.',
  looks: (spec) => ({ places: placesOf(spec).map(({ path }) => path) }),
  find: (host) => placesOf(host.spec).flatMap((place) => faultOf(host, place)),
};

function faultOf({ past, spec, isControlPlane }: LeftoverHost, { path, runs = false }: Place): Leftover[] {
  const seen = past.places.find((each) => each.path === path);
  if (seen === undefined || (path === datastoreOf(spec).dataFolder && !isControlPlane)) return [];
  const faults = [
    ...(seen.writable ? [] : ['read-only']),
    ...(runs && seen.options.includes('noexec') ? ['noexec'] : []),
  ];
  if (faults.length === 0) return [];
  return [
    {
      what: path,
      owner: faults.join(', '),
      severity: 'error',
      advice: `mount -o remount,rw,exec of what findmnt -T PATH names, and in /etc/fstab; or a file system of its own there.`,
    },
  ];
}
