import { ansible } from './ansible.js';
import { bytes } from './bytes.js';
import { embedded } from './embedded.js';
import { ha } from './ha.js';
import { hosts } from './hosts.js';
import { kubeadm } from './kubeadm.js';
import { latency } from './latency.js';
import { operator } from './operator.js';
import { stock } from './stock.js';

/** All parts, in the order they are measured and shown. */
export const parts = [operator, hosts, bytes, latency, kubeadm, ansible, embedded, stock, ha];
