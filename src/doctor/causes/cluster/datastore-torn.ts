import { eachHost, said, type Cause } from '../../cause.js';
import { lastWords } from '../../read/datastore.js';
import { datastoreOn } from '../../read/form.js';

export const datastoreTorn: Cause = {
  name: 'datastore-torn',
  title: "The datastore's file on the disk is damaged",
  symptom:
    'The connection to the server was refused; the datastore, or the server that it is part of, ends with "invalid database", "Page expected to be", "crc mismatch" or "file is not a database"',
  sign: "The last words of the datastore's container, or of the process that it is in, say that what lies on the disk is not what was written there.",
  remedy:
    'A disk or a machine that lost its power has lost what it had acknowledged, or something else wrote there: see that the disk is well (`dmesg`, `smartctl`). Then `kinit datastore backups` shows the backups that hosts have made, and `kinit datastore restore FILE` puts one in place; what is there now is kept beside it. Where other members have the data, the damaged one is made anew: `kinit reset NODE`, `kinit init`.',
  // What the server and the containers end with is its consequence.
  rank: 52.5,
  find: eachHost((host, evidence) => {
    if (!host.isControlPlane) return undefined;
    const { title, torn = [] } = datastoreOn(host);
    const line = lastWords(host, evidence).find((text) => torn.some((words) => text.includes(words)));
    if (line === undefined) return undefined;
    const found = `the data of ${title} are damaged: ${said(line)}`;
    const look = `on ${host.host}: see that its disk is well (dmesg)`;
    // Its own API server does not answer: another one does, so that other members have the data.
    if (evidence.cluster !== undefined)
      return {
        found,
        next: `${look}; other members have the data: take this one out and add it anew`,
        kinit: `; kinit reset ${host.host}, then kinit init do that`,
      };
    return {
      found,
      next: `${look}, and put a backup of its data in place`,
      kinit:
        '; kinit datastore backups lists those that hosts have made, kinit datastore restore FILE puts one in place',
    };
  }),
};
