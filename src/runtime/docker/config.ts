import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { imageRef } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { PhaseContext } from '../../model/phase.js';
import { template } from '../../templates/template.js';
import { ociRuntimePath } from '../runc/on-containers.js';
import { registrySettings } from '../registries.js';
import { DAEMON_JSON, readDaemonJson, type Settings } from './daemon-json.js';

export const SOCKET = '/run/cri-dockerd.sock';

const ENGINE_SOCKET = 'unix:///run/docker.sock';
/** Its own name for runc is taken. */
const WRAPPED = 'runc-on-containers';

/**
 * daemon.json: what is there, and in it what a cluster needs. Where nothing is missing, the text that is there. Throws
 * 'refused' where that cannot be read; preflight has said so before (leftovers.ts).
 */
export function daemonJson(context: PhaseContext): string {
  const { host, past } = context.node.facts;
  const text = past?.files.find(({ path }) => path === DAEMON_JSON)?.text ?? '';
  const read = readDaemonJson(text);
  if ('problem' in read)
    throw new KinitError(`${DAEMON_JSON} cannot be merged with what the cluster needs; nothing was changed`, {
      class: 'refused',
      host,
      found: read.problem,
      hint: 'Mend the file, or move it away, and run again.',
    });
  const merged = { ...DEFAULTS, ...read.settings, ...needed(context, read.settings) };
  return isDeepStrictEqual(merged, read.settings) ? text : `${JSON.stringify(merged, undefined, 2)}\n`;
}

/** The only driver whose logs `kubectl logs` finds. */
const LOGS = 'json-file';
/** The kubelet cannot turn this engine's logs over: its own defaults, containerLogMaxSize and containerLogMaxFiles. */
const LOG_LIMITS = { 'max-size': '10m', 'max-file': '5' };

/** Where the file that is there says nothing. */
const DEFAULTS: Settings = { 'storage-driver': 'overlay2', 'live-restore': true, 'log-opts': LOG_LIMITS };

/** Whatever the file that is there says; what is a list or a map keeps its other entries. */
function needed(context: PhaseContext, there: Settings): Settings {
  const { spec, node } = context;
  const settings = registrySettings(context);
  const mirrors = settings.flatMap((setting) => setting.mirrors);
  const insecure = settings.filter((setting) => setting.insecure).map(({ registry }) => registry);
  return {
    'exec-opts': [
      ...(there['exec-opts'] ?? []).filter((option) => !option.startsWith('native.cgroupdriver=')),
      'native.cgroupdriver=systemd',
    ],
    // Pods have the cluster's network: the engine's own would add a bridge, and rules that drop what is forwarded.
    bridge: 'none',
    iptables: false,
    ip6tables: false,
    'userland-proxy': false,
    'log-driver': LOGS,
    ...((there['log-driver'] ?? LOGS) === LOGS ? {} : { 'log-opts': LOG_LIMITS }),
    ...added('registry-mirrors', mirrors, there),
    ...added('insecure-registries', insecure, there),
    ...(spec.selinux === 'keep' && node.facts.selinux === 'enforcing' ? { 'selinux-enabled': true } : {}),
    ...onContainers(context, there),
    ...reachable(there, spec.runtime.from === 'artifacts'),
  };
}

/** A list with ours in front of what is there; where we have none, it is left alone. */
function added(key: 'registry-mirrors' | 'insecure-registries', ours: readonly string[], there: Settings): Settings {
  return ours.length === 0 ? {} : { [key]: [...new Set([...ours, ...(there[key] ?? [])])] };
}

/** runc as it must be called on hosts that are containers. */
function onContainers({ node }: PhaseContext, there: Settings): Settings {
  if (node.facts.lacksSysResource !== true) return {};
  return {
    runtimes: { ...there.runtimes, [WRAPPED]: { path: ociRuntimePath(node.facts) } },
    'default-runtime': WRAPPED,
  };
}

/**
 * Our unit hands the engine no socket, that of a package does; cri-dockerd speaks to it at this one, about images as they lie in
 * overlay2, which is not the default of later engines.
 */
function reachable({ hosts, features }: Settings, ourUnit: boolean): Settings {
  return {
    ...(hosts === undefined || !ourUnit
      ? {}
      : { hosts: [...new Set([...hosts.filter((each) => !each.startsWith('fd:')), ENGINE_SOCKET])] }),
    ...(features === undefined ? {} : { features: { ...features, 'containerd-snapshotter': false } }),
  };
}

const engineTemplate = template(new URL('./unit-engine.hbs', import.meta.url), z.strictObject({ binary: z.string() }));

/** docker.service, as Docker ships it, without its socket unit; pods outlive a restart of it. */
export const engineUnit = (): string => engineTemplate({ binary: '/usr/local/bin/dockerd' });

const criTemplate = template(
  new URL('./unit-cri.hbs', import.meta.url),
  z.strictObject({ binary: z.string(), socket: z.string(), pauseImage: z.string() }),
);

/** cri-docker.service, as cri-dockerd ships it, without its socket unit. */
export function criUnit({ images }: Pick<PhaseContext, 'images'>): string {
  return criTemplate({
    binary: '/usr/local/bin/cri-dockerd',
    socket: SOCKET,
    pauseImage: imageRef(images, 'pause'),
  });
}
