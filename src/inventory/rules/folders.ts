import { DATASTORES } from '../../datastore/index.js';
import type { Spec } from '../../model/spec.js';
import { FAMILIES } from '../../os/index.js';
import { RUNTIMES } from '../../runtime/index.js';
import { STATE_DIR } from '../../shell/state.js';
import type { Finding } from '../problem.js';
import { inventoryOptions } from '../schema.js';
import { valueAt } from '../value-at.js';
import type { Rule } from './rule.js';

/** Nothing is to be put into these but by the system, and what is put there it may empty. */
const SYSTEM = [
  ...['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/lost+found', '/proc', '/run', '/sbin'],
  ...['/sys', '/tmp', '/usr', '/var/cache', '/var/lock', '/var/run', '/var/spool', '/var/tmp'],
  ...['/var/lib/cloud', '/var/lib/dbus', '/var/lib/systemd', '/var/log/journal'],
  ...FAMILIES.flatMap(({ packages }) => packages.folders),
];

/** What kinit and the programs of a node make and fill, and a reset empties (test/inventory/folders.test.ts asks the phases). */
const OF_THE_CLUSTER = [
  STATE_DIR,
  ...['/opt/cni', '/var/lib/cni', '/var/lib/kube-proxy', '/var/lib/kubelet'],
  ...['/var/log/containers', '/var/log/kubernetes', '/var/log/pods'],
  ...RUNTIMES.flatMap(({ dataFolder, moreFolders = [] }) => [dataFolder, ...moreFolders]),
  ...DATASTORES.flatMap(({ dataFolder }) => dataFolder ?? []),
];

/** Others have theirs in these: a folder in one of them is fine, they themselves are not. What is above a folder of the lists is so too. */
const SHARED = ['/var/backups', '/var/lib', '/var/local', '/var/log', '/var/mail', '/var/opt', '/var/www'];

/** Keys and settings of users: nobody keeps data there, and who empties one locks people out. */
const OF_USERS = /\/\.(?:ssh|gnupg|kube|config|docker)(?:\/|$)/;

/** Every option that names a folder on hosts, with what it is when nobody says otherwise: that folder is its own. */
const OPTIONS = inventoryOptions()
  .filter(({ schema }) => schema['x-host-folder'] === true)
  .map(({ path, schema }) => ({ option: path, usual: String(schema.default ?? '') }));

export const folderRules: readonly Rule[] = [
  ...OPTIONS.map(({ option, usual }) => ({
    reads: [option],
    check: (spec: Spec) => nobodysElse(spec, option, usual),
  })),
  { reads: OPTIONS.map(({ option }) => option), check: apart },
];

/** A reset empties such a folder, and its mode and owner become what kinit wants: it must be one that holds nothing else. */
function nobodysElse(spec: Spec, option: string, usual: string): Finding[] {
  const folder = folderAt(spec, option);
  if (folder === undefined || (usual !== '' && within(folder, usual))) return [];
  const message = whose(folder);
  const suggestion = usual === '' ? '' : `, such as ${usual}`;
  return message === undefined
    ? []
    : [
        {
          path: option.split('.'),
          message: `${message}; take a folder of its own that nothing else uses${suggestion}`,
        },
      ];
}

/** What is wrong with taking it; undefined: nothing. */
function whose(folder: string): string | undefined {
  if (folder.split('/').length < 3 || SHARED.includes(folder)) return 'others have theirs in this folder';
  const [system, cluster] = [SYSTEM, OF_THE_CLUSTER].map((list) => list.find((taken) => within(folder, taken)));
  if (system !== undefined) return `${system} is the system's`;
  if (cluster !== undefined) return `${cluster} is a folder of the cluster, which kinit reset empties`;
  if (OF_USERS.test(folder)) return 'keys and settings of users are in such a folder';
  const below = [...SYSTEM, ...OF_THE_CLUSTER].find((taken) => within(taken, folder));
  return below === undefined ? undefined : `${below} is in this folder`;
}

/** What one of them loses at a reset, or is made its owner's alone, the other must not lie in. */
function apart(spec: Spec): Finding[] {
  const named = OPTIONS.flatMap(({ option, usual }) => {
    const folder = folderAt(spec, option);
    // One that is nobody's to take is told once.
    return folder === undefined || nobodysElse(spec, option, usual).length > 0
      ? []
      : [{ option, folder, given: folder !== usual }];
  });
  return named.flatMap((one, index) =>
    named.slice(index + 1).flatMap((other): Finding[] => {
      if (!within(one.folder, other.folder) && !within(other.folder, one.folder)) return [];
      const [at, beside] = other.given ? [other, one] : [one, other];
      const where =
        at.folder === beside.folder ? 'is' : within(at.folder, beside.folder) ? 'lies in' : 'is a folder above';
      return [
        {
          path: at.option.split('.'),
          message: `${where} ${beside.option} (${beside.folder}), and the two must be apart: kinit reset empties one of them`,
        },
      ];
    }),
  );
}

/** Without a slash at its end, or two in a row. */
function folderAt(spec: Spec, option: string): string | undefined {
  const value = valueAt(spec, option.split('.'));
  return typeof value === 'string' ? value.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1') : undefined;
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
