import { eachHost, said, type Cause } from '../../cause.js';
import { kubeletWords, lastWords } from '../../read/datastore.js';
import { datastoreOn, serverOn } from '../../read/form.js';

export const datastoreGone: Cause = {
  name: 'datastore-gone',
  title: "There are none of the cluster's data where the datastore has them",
  symptom:
    'The connection to the server was refused; the datastore is not started, or ends with "has none of the data that the cluster has had"; the kubelet: "hostPath type check failed: ... is not a directory"',
  sign: 'A host that has been a control plane has an empty folder, or none, for its data. The kubelet does not start its pod then, and as a part of one process it ends that: an empty cluster would have the nodes end their pods. What runs goes on.',
  remedy:
    'Mostly the disk with the data is not mounted (`findmnt`, `/etc/fstab`): with it back in its place `kinit init` starts the control plane at once. Where the data are lost: `kinit datastore backups` shows the backups that hosts have made, and `kinit datastore restore FILE --stop` puts one in place. Where other members have the data, `kinit init` makes this one a member again. Without all of these a new cluster is made: `kinit reset`, `kinit init`.',
  // What the server and the containers end with is its consequence.
  rank: 52.3,
  find: eachHost((host, evidence) => {
    if (!host.isControlPlane) return undefined;
    const { title, gone = [] } = datastoreOn(host);
    const words = [...lastWords(host, evidence), ...kubeletWords(host)];
    const line = words.findLast((text) => gone.some((each) => text.includes(each)));
    if (line === undefined) return undefined;
    // Its own API server does not answer: another one does, so that other members have the data.
    const lost =
      evidence.cluster !== undefined
        ? 'kinit init has it get those of the other members'
        : 'kinit datastore backups lists those that hosts have made, kinit datastore restore FILE --stop puts one in place';
    return {
      found: `there are none of the data of ${title}: ${said(line)}`,
      next: `on ${host.host}: see that their disk is mounted (findmnt, /etc/fstab), then systemctl restart ${serverOn(host)?.name ?? 'kubelet'}`,
      kinit: `; where they are lost, ${lost}`,
    };
  }),
};
