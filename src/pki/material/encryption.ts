import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { KinitError } from '../../model/error.js';
import { fileDigest, isSealed } from '../../model/text/sealed.js';
import { toYaml } from '../../model/text/yaml.js';
import { ENCRYPTION_CONFIG_PATH } from '../paths.js';
import { STAGES, type Stage } from './stages.js';
import type { FoundFiles, MadeFile } from '../types.js';

/*
 * How the key for data at rest is replaced, in the stages of stages.ts: an API server reads what was written with any key of its
 * EncryptionConfiguration, and writes with the first one.
 *
 *     before   keys = old
 *     trust    keys = old, new
 *     reissue  keys = new, old    (then all that is stored is written anew)
 *     finish   keys = new
 *
 * The names of keys tell which is the new one, and stand before everything that is written with it.
 */

/** 32 random bytes in base64: a key of secretbox, and of AES-256. Secret. */
export function encryptionKey(): string {
  return randomBytes(32).toString('base64');
}

const configuration = z.looseObject({
  resources: z.array(
    z.looseObject({
      resources: z.array(z.string()),
      providers: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
});
const keyed = z.looseObject({ keys: z.array(z.looseObject({ name: z.string() })) });
type Configuration = z.output<typeof configuration>;
type Entry = Configuration['resources'][number];

/** Whose keys stand in the configuration itself (k8s.io/apiserver: apis/apiserver/v1 ProviderConfiguration), all of 32 bytes here. */
const WITH_KEYS = ['secretbox', 'aesgcm', 'aescbc'];

/** Keys for Secrets (CIS 1.2.27 and 1.2.28): secretbox, with identity behind it so that what was written before stays readable. Secret. */
function newConfiguration(): string {
  return written({
    resources: [
      {
        resources: ['secrets'],
        providers: [{ secretbox: { keys: [{ name: 'key1', secret: encryptionKey() }] } }, { identity: {} }],
      },
    ],
  });
}

function written({ resources }: Configuration): string {
  return toYaml(
    { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources },
    { indentSeq: false },
  );
}

export interface EncryptionInput {
  readonly found: readonly FoundFiles[];
  readonly now: Date;
  /** What it is to be taken to; absent: it goes on where the hosts have it. */
  readonly stage?: Stage;
}

/** The EncryptionConfiguration of all API servers. What exists is kept: another key would make what was written unreadable. Secret. */
export function encryptionFile(input: EncryptionInput): MadeFile {
  const texts = textsOf(input.found);
  const [first] = texts;
  if (first === undefined) return { content: newConfiguration() };
  const there = encryptionStage(input.found);
  const through = there === undefined && input.stage === 'finish';
  const stage = through ? undefined : (input.stage ?? there);
  if (stage === undefined) return { content: agreed(input.found, texts) };
  const because = REPLACED[stage];
  const ready = texts.filter((text) => isAt(text, stage));
  if (ready.length > 0) return { content: agreed(input.found, ready), because };
  const step = stage === 'trust' ? 0 : STAGES.indexOf(stage) - 1;
  const before = stage === 'trust' ? texts : texts.filter((text) => isAt(text, STAGES[step] as Stage));
  if (before.length === 0) throw notYet(stage);
  const from = agreed(input.found, before);
  // Names are public, the keys stayed on their host.
  return { content: changed(from, stage, input.now), because, ...(isSealed(from) ? { provisional: true } : {}) };
}

const REPLACED: Readonly<Record<Stage, string>> = {
  trust: 'the key is being replaced: what is written with the new one can be read too',
  reissue: 'the key is being replaced: the new one writes',
  finish: 'the key has been replaced: nothing is written with the old one any more',
};

/** Where the replacement of the key is, by what control-plane hosts have; undefined: none is under way. */
export function encryptionStage(found: readonly FoundFiles[]): Stage | undefined {
  const texts = textsOf(found);
  if (texts.some((text) => isAt(text, 'reissue')))
    return texts.some((text) => stageOf(text) === undefined) ? 'finish' : 'reissue';
  return texts.some((text) => isAt(text, 'trust')) ? 'trust' : undefined;
}

/** Who writes which objects, as it stands before each of them in the datastore. */
export interface Writer {
  /** Of the API, with the group where there is one: secrets, deployments.apps, *.* */
  readonly resources: readonly string[];
  readonly key: string;
  /** k8s:enc:PROVIDER:v1:KEY: (k8s.io/apiserver: encryptionconfig, storage/value). */
  readonly prefix: string;
  /** When kinit made it in the place of another; absent: it is the cluster's first, or somebody else's. */
  readonly made?: Date;
}

/** By the text of a configuration, also without its keys: of what is encrypted with a key that stands there. */
export function encryptionWriters(text: string | undefined): readonly Writer[] {
  return (configurationOf(text ?? '')?.resources ?? []).flatMap((entry): Writer[] => {
    const [provider, keys] = writerOf(entry) ?? [];
    const key = keys?.[0]?.name;
    if (provider === undefined || key === undefined) return [];
    const made = madeAt(key);
    return [
      {
        resources: entry.resources,
        key,
        prefix: `k8s:enc:${provider}:v1:${key}:`,
        ...(made === undefined ? {} : { made }),
      },
    ];
  });
}

function configurationOf(text: string): Configuration | undefined {
  try {
    return configuration.safeParse(parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The provider that writes, where its keys stand in the configuration. */
function writerOf({ providers: [first] }: Entry): [string, readonly { readonly name: string }[]] | undefined {
  const name = WITH_KEYS.find((each) => first?.[each] !== undefined);
  const keys = name === undefined ? undefined : keyed.safeParse(first?.[name]).data?.keys;
  return name === undefined || keys === undefined ? undefined : [name, keys];
}

function isAt(text: string, stage: Stage): boolean {
  return stageOf(text) === stage;
}

/** Of one host: 'finish' is no state of it, for then there is one key as before. */
function stageOf(text: string): Stage | undefined {
  const stages = (configurationOf(text)?.resources ?? []).flatMap((entry): Stage[] => {
    const [, keys = []] = writerOf(entry) ?? [];
    const names = keys.map(({ name }) => name);
    const newest = names
      .filter((name) => madeAt(name) !== undefined)
      .sort()
      .at(-1);
    if (newest === undefined || names.length < 2) return [];
    return [names[0] === newest ? 'reissue' : 'trust'];
  });
  return stages[0];
}

function changed(text: string, stage: Stage, now: Date): string {
  const config = configurationOf(text);
  if (config === undefined)
    throw new KinitError(`${ENCRYPTION_CONFIG_PATH} cannot be read`, {
      class: 'preflight',
      hint: 'It is no EncryptionConfiguration in YAML. Restore it from a backup.',
    });
  const name = keyName(now);
  return written({
    ...config,
    resources: config.resources.map((entry) => {
      const [provider] = writerOf(entry) ?? [];
      if (provider === undefined) return entry;
      const [first = {}, ...rest] = entry.providers;
      const settings = keyed.parse(first[provider]);
      const keys = orderedKeys(settings.keys, stage, name);
      // All has been written anew by then: what only other keys could read is nowhere.
      const others =
        stage === 'finish' ? rest.filter((each) => !WITH_KEYS.some((one) => each[one] !== undefined)) : rest;
      return { ...entry, providers: [{ ...first, [provider]: { ...settings, keys } }, ...others] };
    }),
  });
}

type Keys = z.output<typeof keyed>['keys'];

function orderedKeys(keys: Keys, stage: Stage, name: string): Keys {
  if (stage === 'trust') return [...keys, { name, secret: encryptionKey() }];
  const newest = [...keys].sort((a, b) => ((madeAt(a.name) ?? 0) < (madeAt(b.name) ?? 0) ? -1 : 1)).at(-1);
  if (newest === undefined) return keys;
  return stage === 'finish' ? [newest] : [newest, ...keys.filter((each) => each !== newest)];
}

/** Its time stands in it, without a colon: that ends the name where it stands before data. */
const keyName = (now: Date): string => `kinit-${now.toISOString().replace(/[:.]/g, '-')}`;

function madeAt(name: string): Date | undefined {
  const [, day, hour, minute, second] = /^kinit-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-\d{3}Z$/.exec(name) ?? [];
  if (day === undefined) return undefined;
  const made = new Date(`${day}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
  return Number.isNaN(made.getTime()) ? undefined : made;
}

function textsOf(found: readonly FoundFiles[]): string[] {
  return found.flatMap(({ files }) => files[ENCRYPTION_CONFIG_PATH] ?? []).filter((text) => text.trim() !== '');
}

/** The one text all hosts that are so far agree on. */
function agreed(found: readonly FoundFiles[], texts: readonly string[]): string {
  const [first = ''] = texts;
  const other = texts.find((text) => fileDigest(text) !== fileDigest(first));
  if (other === undefined) return first;
  const host = (text: string): string => found.find(({ files }) => files[ENCRYPTION_CONFIG_PATH] === text)?.host ?? '';
  throw new KinitError(`${ENCRYPTION_CONFIG_PATH} differs between ${host(first)} and ${host(other)}`, {
    class: 'preflight',
    host: host(other),
    found: 'two different texts',
    hint: 'Copy the right one over the other: Secrets can be read with the right one only.',
  });
}

function notYet(stage: Stage): KinitError {
  return new KinitError(`the key for data at rest has no replacement that could be taken to "${stage}"`, {
    class: 'preflight',
    found: `no new key in ${ENCRYPTION_CONFIG_PATH}`,
    hint: 'Begin with kinit certs rotate-keys encryption.',
  });
}
