import { withoutEffect } from '../../datastore/index.js';
import type { Spec } from '../../model/spec.js';
import { networkOf, networks } from '../../network/index.js';
import { RUNTIMES, runtimeOf } from '../../runtime/index.js';
import type { Finding } from '../problem.js';
import { inventoryOptions } from '../schema.js';
import { valueAt } from '../value-at.js';
import type { Rule } from './rule.js';

/** Options that do something only beside others: what is given and does nothing was meant to do something. */
interface Need {
  readonly options: readonly string[];
  /** What decides, besides them. */
  readonly reads: readonly string[];
  /** Why they do nothing here, and the way out: the end of "has no effect "; undefined where they do. */
  readonly idle: (spec: Spec) => string | undefined;
}

const NEEDS: readonly Need[] = [
  {
    options: [
      ...['artifacts.mirror', 'artifacts.imageMirror', 'artifacts.fileMirror'],
      ...['artifacts.baseUrl', 'artifacts.delivery'],
    ],
    reads: ['artifacts.source'],
    idle: ({ artifacts: { source } }) =>
      source === 'source' || source === 'bundle'
        ? `with artifacts.source: ${source}: nothing is fetched from official origins; take it out, or set source: official`
        : undefined,
  },
  {
    options: ['apiServer.balancerPort'],
    reads: ['apiServer.balancer'],
    idle: ({ apiServer }) =>
      apiServer.balancer === 'none' ? 'with apiServer.balancer: none; take it out, or set balancer: local' : undefined,
  },
  {
    options: ['kernel.package', 'kernel.origin', 'kernel.keyUrl', 'kernel.fingerprint', 'kernel.sha256'],
    reads: ['kernel.upgrade'],
    idle: ({ kernel }) =>
      kernel?.upgrade === 'none' ? 'with kernel.upgrade: none; take it out, or say how: upgrade' : undefined,
  },
  {
    options: ['proxy.noProxy'],
    reads: ['proxy.http', 'proxy.https'],
    idle: ({ proxy: { http, https } }) =>
      http === undefined && https === undefined
        ? 'without proxy.http and proxy.https: name the proxy too, or take it out'
        : undefined,
  },
  ...ofKinds('network', 'plugin', networks, networkOf),
  ...ofKinds('runtime', 'name', RUNTIMES, runtimeOf),
];

interface Kind {
  readonly id: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What a kind asks in the section in which it is chosen says nothing to the others. */
function ofKinds(section: string, key: string, kinds: readonly Kind[], chosen: (spec: Spec) => Kind): Need[] {
  const names = [...new Set(kinds.flatMap(({ options = {} }) => Object.keys(options)))];
  return names.map((name) => {
    const theirs = kinds.filter(({ options = {} }) => name in options).map(({ id }) => id);
    return {
      options: [`${section}.${name}`],
      reads: [`${section}.${key}`],
      idle: (spec) => {
        const { id } = chosen(spec);
        if (theirs.includes(id)) return undefined;
        return `with ${section}.${key}: ${id}; take it out, or set ${key}: ${theirs.join(' or ')}`;
      },
    };
  });
}

export const needRules: readonly Rule[] = [
  ...NEEDS.map(({ options, reads, idle }) => ({
    reads: [...options, ...reads],
    check: (spec: Spec) => {
      const why = idle(spec);
      return why === undefined
        ? []
        : options.filter((option) => isGiven(spec, option)).map((option) => none(option, why));
    },
  })),
  { reads: ['datastore', 'controlPlane'], check: ofOtherDatastores },
];

/** What is said of another datastore's part on hosts does nothing. */
function ofOtherDatastores(spec: Spec): Finding[] {
  const { options, why } = withoutEffect(spec);
  return options.filter((option) => isGiven(spec, option)).map((option) => none(option, why));
}

function none(option: string, why: string): Finding {
  return { path: option.split('.'), atKey: true, found: '', message: `has no effect ${why}` };
}

const DEFAULTS: ReadonlyMap<string, unknown> = new Map(
  inventoryOptions().map(({ path, schema }) => [path, schema.default]),
);

/** Whether it stands there, with another value than that which it has anyway. */
function isGiven(spec: Spec, option: string): boolean {
  const value = valueAt(spec, option.split('.'));
  return value !== undefined && JSON.stringify(value) !== JSON.stringify(DEFAULTS.get(option));
}
