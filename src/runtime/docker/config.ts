import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { imageRef } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { absentFile, file } from '../../resources/index.js';
import { template } from '../../templates/template.js';
import { ociRuntimePath } from '../runc/on-containers.js';
import { registrySettings } from '../registries.js';
import { ADDED, DAEMON_JSON, LISTS, readAdded, readDaemonJson, type Lists, type Settings } from './daemon-json.js';

export const SOCKET = '/run/cri-dockerd.sock';

const ENGINE_SOCKET = 'unix:///run/docker.sock';
/** Its own name for runc is taken. */
const WRAPPED = 'runc-on-containers';

/**
 * daemon.json: what is there, and in it what a cluster needs. Where nothing is missing, the text that is there. Throws
 * 'refused' where that cannot be read; preflight has said so before (leftovers.ts).
 */
export function daemonJson(context: PhaseContext): string {
  const { host } = context.node.facts;
  const text = textOf(context, DAEMON_JSON);
  const read = readDaemonJson(text);
  if ('problem' in read)
    throw new KinitError(`${DAEMON_JSON} cannot be merged with what the cluster needs; nothing was changed`, {
      class: 'refused',
      host,
      found: read.problem,
      hint: 'Mend the file, or move it away, and run again.',
    });
  const emptied = LISTS.filter((list) => read.settings[list]?.length !== 0);
  const merged = Object.fromEntries(
    Object.entries({ ...DEFAULTS, ...read.settings, ...needed(context, read.settings) }).filter(
      ([key, value]) => !(Array.isArray(value) && value.length === 0 && emptied.some((list) => list === key)),
    ),
  );
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
    ...withRegistries(context, there),
    ...(spec.selinux === 'keep' && node.facts.selinux === 'enforcing' ? { 'selinux-enabled': true } : {}),
    ...onContainers(context, there),
    ...reachable(there, spec.runtime.from === 'artifacts'),
  };
}

/** Lists with ours in front of what is there, without what was ours before; where we never had any, they are left alone. */
function withRegistries(context: PhaseContext, there: Settings): Settings {
  return Object.fromEntries(
    registryLists(context, there)
      .filter(({ ours, before }) => ours.length > 0 || before.length > 0)
      .map(({ list, ours, theirs }) => [list, [...new Set([...ours, ...theirs])]]),
  );
}

interface RegistryList {
  readonly list: (typeof LISTS)[number];
  /** What the inventory wants in it. */
  readonly ours: readonly string[];
  /** What kinit has put there. */
  readonly before: readonly string[];
  /** What else is in it. */
  readonly theirs: readonly string[];
}

function registryLists(context: PhaseContext, there: Settings): readonly RegistryList[] {
  const settings = registrySettings(context);
  const wanted: Lists = {
    'registry-mirrors': settings.flatMap((setting) => setting.mirrors.map(({ url }) => url)),
    'insecure-registries': settings.filter((setting) => setting.insecure).map(({ registry }) => registry),
  };
  const added = readAdded(textOf(context, ADDED));
  return LISTS.map((list) => {
    const before = added[list];
    return { list, before, ours: wanted[list], theirs: (there[list] ?? []).filter((each) => !before.includes(each)) };
  });
}

/**
 * daemon.json and beside it what of its lists is kinit's, for the day it leaves the inventory. In such an order that a kill between the
 * two leaves nothing in the lists that would pass for a person's.
 */
export function daemonJsonFiles(context: PhaseContext): Resource[] {
  const read = readDaemonJson(textOf(context, DAEMON_JSON));
  const lists = registryLists(context, 'problem' in read ? {} : read.settings).map((each) => ({
    ...each,
    added: each.ours.filter((entry) => !each.theirs.includes(entry)),
  }));
  const json = file({ path: DAEMON_JSON, content: daemonJson(context), mode: 0o600 });
  const recorded = context.node.facts.past?.recorded.includes(`file:${ADDED}`) === true;
  if (lists.every(({ added }) => added.length === 0)) return recorded ? [json, absentFile(ADDED)] : [json];
  const note = file({
    path: ADDED,
    content: `${JSON.stringify(Object.fromEntries(lists.map(({ list, added }) => [list, added])), undefined, 2)}\n`,
    mode: 0o600,
  });
  const loses = lists.some(({ before, added }) => before.some((each) => !added.includes(each)));
  return loses ? [json, note] : [note, json];
}

function textOf({ node }: PhaseContext, wanted: string): string {
  return node.facts.past?.files.find(({ path }) => path === wanted)?.text ?? '';
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
