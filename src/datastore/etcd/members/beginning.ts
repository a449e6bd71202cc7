import { KinitError } from '../../../model/error.js';
import { RECORD } from '../../../model/record.js';
import { asCode, type Resource, type ResourceKind } from '../../../model/resource.js';
import { sh, shellScript } from '../../../shell/script.js';

const OBSERVE = shellScript('./beginning.sh', import.meta.url);
const MAKE = shellScript('./make-folder.sh', import.meta.url);

/**
 * A place for the data that a member of etcd begins with. Its pod is not started without it (the kubelet), and nobody makes it once there is a cluster: one
 * whose data are gone, or whose disk is not mounted, would begin an empty cluster in its place, and the nodes would end their pods.
 */
export interface EtcdBeginningResource extends Resource {
  readonly kind: 'etcdBeginning';
  readonly name: string;
  readonly folder: string;
  readonly logDir: string;
  /** No other member has the data: what is not here is gone. */
  readonly alone: boolean;
}

export const etcdBeginning = (parts: Omit<EtcdBeginningResource, 'kind' | 'id'>): EtcdBeginningResource => ({
  kind: 'etcdBeginning',
  id: `etcdBeginning:${parts.folder}`,
  ...parts,
});

interface EtcdBeginningSeen {
  readonly data: boolean;
  readonly folder: boolean;
  /** There has been a cluster. */
  readonly cluster: boolean;
}

export const etcdBeginningKind: ResourceKind<EtcdBeginningResource, EtcdBeginningSeen> = {
  kind: 'etcdBeginning',
  describe: {
    change: 'Makes the folder that a member of etcd begins its data in, where there has been no cluster yet:',
    subject: asCode,
    undone: 'It goes with the folder that it is in',
  },
  observe: ({ logDir, folder }) => sh(OBSERVE, { args: [logDir, folder, RECORD.path] }),
  parse: (_resource, output) => {
    const yes = (name: string): boolean => new RegExp(`^${name}=yes$`, 'm').test(output);
    return { data: yes('data'), folder: yes('folder'), cluster: yes('cluster') };
  },
  diff: ({ name, folder, logDir, alone }, seen) => {
    if (seen.data) return { changed: false, reason: 'etcd has its data' };
    if (seen.cluster && alone) throw gone(name, logDir);
    if (seen.cluster) return { changed: false, reason: 'other members have the data' };
    if (seen.folder) return { changed: false, reason: `${folder} exists` };
    return {
      changed: true,
      change: { action: 'create', summary: `make directory ${folder}`, reason: 'etcd begins here' },
    };
  },
  apply: ({ folder }) => [{ do: 'script', script: sh(MAKE, { args: [folder] }) }],
};

function gone(host: string, logDir: string): KinitError {
  return new KinitError(
    `the etcd of ${host} has none of the data that the cluster has had; nothing was changed there`,
    {
      class: 'preflight',
      host,
      found: `no log of etcd in ${logDir}; ${RECORD.path} says that there has been a cluster`,
      hint: 'Is the disk with them mounted? With it back in its place, run this again. Where they are lost: kinit datastore backups lists what hosts have kept, kinit datastore restore FILE --stop puts one in place; without a backup: kinit reset, then kinit init.',
    },
  );
}
