import { DATASTORES, type Datastore } from '../../../datastore/index.js';
import { said, type Cause, type Sighting } from '../../cause.js';
import type { HostEvidence } from '../../evidence.js';
import { newestContainers } from '../../read/containers.js';
import { podLogs } from '../../read/logs.js';
import { serverRuns } from '../../read/server.js';

export const datastoreTorn: Cause = {
  name: 'datastore-torn',
  title: "The datastore's file on the disk is damaged",
  symptom:
    'The connection to the server was refused; the datastore, or the server that it is part of, ends with "invalid database", "crc mismatch" or "file is not a database"',
  sign: "The last words of the datastore's container, or of the process that it is in, say that what lies on the disk is not what was written there.",
  remedy:
    'A disk or a machine that lost its power has lost what it had acknowledged, or something else wrote there: see that the disk is well (`dmesg`, `smartctl`). Then `kinit datastore backups` shows the backups that hosts have made, and `kinit datastore restore FILE` puts one in place; what is there now is kept beside it. Where other members have the data, the damaged one is made anew: `kinit reset NODE`, `kinit init`.',
  // What the server and the containers end with is its consequence.
  rank: 52.5,
  find: ({ hosts, cluster }) =>
    hosts.flatMap((host) => DATASTORES.flatMap((datastore) => tornOn(host, datastore, cluster !== undefined))),
};

/** @param others whether the API answers, so that other members have the data */
function tornOn(host: HostEvidence, { id, title, torn = [] }: Datastore, others: boolean): Sighting[] {
  const line = lastWords(host, id).find((text) => torn.some((words) => text.includes(words)));
  if (line === undefined) return [];
  return [
    {
      host: host.host,
      found: `the data of ${title} are damaged: ${said(line)}`,
      ...(others
        ? {
            next: `on ${host.host}: see that its disk is well (dmesg); other members have the data: take this one out and add it anew`,
            kinit: `; kinit reset ${host.host}, then kinit init do that`,
          }
        : {
            next: `on ${host.host}: see that its disk is well (dmesg), and put a backup of its data in place`,
            kinit:
              '; kinit datastore backups lists those that hosts have made, kinit datastore restore FILE puts one in place',
          }),
    },
  ];
}

/** Of the datastore, where it has ended: in its container, or in the process that it is part of. */
function lastWords(host: HostEvidence, id: string): readonly string[] {
  const ended = newestContainers(host).filter(({ name, state }) => name === id && state === 'Exited');
  const logs = podLogs(host)
    .filter(({ container, attempt }) => ended.some((each) => each.name === container && each.attempt === attempt))
    .flatMap(({ lines }) => lines.map(({ text }) => text));
  return [serverRuns(host).words ?? [], logs].flat();
}
