import { staticPodPath } from '../../static-pod-file.js';

/** Name of the pod and of its container. */
export const NAME = 'virtual-address';
export const MANIFEST = staticPodPath(NAME);
/** On the host and in the pod: configuration, and what asks the API server. */
export const FOLDER = `/etc/kubernetes/${NAME}`;
export const CONFIGURATION = `${FOLDER}/keepalived.conf`;
export const CHECK = `${FOLDER}/check.sh`;
/** What the name of the process that has loaded a configuration begins with; the beginning of its digest follows. */
export const PROCESS = 'vip-';
/** Of the files of processes: in the container, whose file system is new at each start. One that a killed process left would keep the next from starting. */
export const COMMAND = [
  'keepalived',
  '--vrrp',
  '--dont-fork',
  '--log-console',
  '--pid=/run/keepalived.pid',
  '--vrrp_pid=/run/vrrp.pid',
  `--use-file=${CONFIGURATION}`,
];
