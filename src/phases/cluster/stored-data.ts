import { datastoreOf } from '../../datastore/index.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { ENCRYPTION_CONFIG_PATH, encryptionStage, encryptionWriters } from '../../pki/index.js';
import { servedData, storedData } from '../../resources/index.js';

/**
 * While a key for data at rest writes that has replaced another, which still reads: all is written anew, and the datastore read to see it, by
 * its own program, or through the API server.
 */
export const storedDataPhase: Phase = {
  id: 'stored-data',
  title: 'Data that are stored with another key',
  appliesTo: (context) => context.node === context.leader && writesAnew(context),
  // Every API server writes with the new one by then, and none is left out of the look.
  after: ['control-plane'],
  looksInTurn: true,
  resources: (context) => {
    const { beginnings } = datastoreOf(context.spec);
    const writers = encryptionWriters(contentOf(context));
    if (beginnings === undefined) return writers.map(({ key, resources }) => servedData({ key, resources }));
    return writers.map(({ key, resources }) =>
      storedData({
        key,
        resources,
        scripts: foldersOf(resources).map(({ folder, only }) =>
          beginnings(context, { folder, only, beginnings: writers.map(({ prefix }) => prefix) }),
        ),
      }),
    );
  },
};

const contentOf = ({ leader, material }: PhaseContext): string =>
  material[leader.spec.name]?.[ENCRYPTION_CONFIG_PATH]?.content ?? '';

function writesAnew(context: PhaseContext): boolean {
  const files = { [ENCRYPTION_CONFIG_PATH]: contentOf(context) };
  return encryptionStage([{ host: context.leader.spec.name, files }]) === 'reissue';
}

/** Kinds of which all is encrypted, by their folder below /registry. Others have their places by no rule: there, all that is encrypted is looked at. */
const WHOLE = ['secrets', 'configmaps'];

function foldersOf(resources: readonly string[]): readonly { readonly folder: string; readonly only: string }[] {
  return resources.every((each) => WHOLE.includes(each))
    ? resources.map((each) => ({ folder: `/registry/${each}/`, only: '' }))
    : [{ folder: '/registry/', only: 'k8s:enc:' }];
}
