import type { Evidence, HostEvidence } from '../evidence.js';
import { newestContainers } from './containers.js';
import { datastoreOn, serverOn } from './form.js';
import { kubeletLines, podLogs } from './logs.js';
import { endedByItself, serverRuns } from './server.js';

/**
 * The last words of a host's datastore that has ended, in its container or in the process that it is part of. One that runs has been
 * mended since.
 */
export function lastWords(host: HostEvidence, evidence: Evidence): readonly string[] {
  const server = serverOn(host);
  if (server !== undefined)
    return server.stopped || endedByItself(host, server, evidence) === undefined
      ? []
      : [serverRuns(host).words ?? []].flat();
  const own = ownContainers(host);
  if (own.some(({ state }) => state === 'Running')) return [];
  return podLogs(host)
    .filter(({ container, attempt }) => own.some((each) => each.name === container && each.attempt === attempt))
    .flatMap(({ lines }) => lines.map(({ text }) => text));
}

/** What the kubelet says while it starts no container of the datastore. Of a host without such a pod: nothing that names one. */
export function kubeletWords(host: HostEvidence): readonly string[] {
  return ownContainers(host).some(({ state }) => state === 'Running') ? [] : kubeletLines(host);
}

function ownContainers(host: HostEvidence): ReturnType<typeof newestContainers> {
  const { id } = datastoreOn(host);
  return newestContainers(host).filter(({ name }) => name === id);
}
