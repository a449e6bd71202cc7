import type { Leftover, LeftoverHost, LeftoverRow } from '../../model/seams/leftover.js';
import type { Spec } from '../../model/spec.js';
import { shadowedUnits } from '../packaged.js';
import { ADDED, DAEMON_JSON, readDaemonJson } from './daemon-json.js';

/** Where Docker's packages put the engine, and Debian's; kinit's own is in /usr/local/bin. */
const PACKAGED = ['/usr/bin/dockerd', '/usr/sbin/dockerd'];
/** Of the engine: API 1.42, the oldest that cri-dockerd speaks. */
export const OLDEST = 23;

/** daemon.json is merged with what is there: that has to be read. */
const daemonJson: LeftoverRow = {
  name: 'daemon-json',
  title: 'A daemon.json of Docker that cannot be read',
  harm: 'The engine does not start with it, and kinit merges what the cluster needs into it: it never writes over it.',
  looks: (spec) => (isChosen(spec) ? { texts: [DAEMON_JSON, ADDED] } : {}),
  find: ({ past, spec }) =>
    past.files
      .filter(({ path }) => isChosen(spec) && path === DAEMON_JSON)
      .flatMap((file): Leftover[] => {
        const read = readDaemonJson(file.text ?? '');
        if (!('problem' in read)) return [];
        return [
          {
            what: `${DAEMON_JSON}: ${read.problem}`,
            written: file.written,
            severity: 'error',
            running: 'error',
            advice: 'Mend the file (dockerd --validate says what is wrong with it), or move it away.',
          },
        ];
      }),
};

/** A package's engine is there: kinit's runs in its place, on the same folder, until reset. */
const packagedEngine: LeftoverRow = {
  name: 'docker-engine',
  title: 'A Docker engine of a package',
  harm: "kinit's own engine takes over its unit and /var/lib/docker, without the bridge network of `docker run`.",
  looks: (spec) => (isChosen(spec) ? { programs: PACKAGED } : {}),
  find: (host) => (isChosen(host.spec) && host.spec.runtime.from === 'artifacts' ? engineOf(host) : []),
};

export const dockerLeftovers: readonly LeftoverRow[] = [
  daemonJson,
  packagedEngine,
  shadowedUnits('docker', ['docker']),
];

function isChosen({ runtime }: Spec): boolean {
  return runtime.name === 'docker';
}

function engineOf({ past, mine }: LeftoverHost): Leftover[] {
  const found = past.programs?.find(({ path }) => PACKAGED.includes(path));
  if (found === undefined || mine) return [];
  const version = /version (\d+)[.0-9]*/i.exec(found.version);
  const isOld = version === null || Number(version[1]) < OLDEST;
  return [
    {
      what: found.path,
      owner: found.version === '' ? 'does not say its version' : found.version,
      severity: isOld ? 'error' : 'warning',
      advice: isOld
        ? `cri-dockerd needs version ${String(OLDEST)} or newer. Remove its package (docker.io, docker-ce), and kinit installs an engine of its own; or choose another runtime: runtime.name.`
        : 'Containers that people run there lose their network: move them away first, or choose another runtime: runtime.name.',
    },
  ];
}
