import { relative } from 'node:path';
import type { WantedSignature } from '../../pki/index.js';
import { quoteAll } from '../../shell/quote.js';
import { defineCommand } from '../arguments/command.js';
import { REACHES_HOSTS } from '../arguments/exit-codes.js';
import { withConnectOptions } from '../arguments/options.js';
import { inventoryWords, loadedInventory } from '../files/inventory.js';
import { count } from '../render/text.js';
import { table } from '../render/tables/table.js';

/** Requests for the certificates of CAs whose keys are elsewhere. */
export const requests = defineCommand({
  usage: 'requests',
  describe:
    'Write requests for the certificates that CAs are to sign whose keys kinit does not have, with their private keys (pki.requestsDir)',
  examples: [
    ['certs requests', 'for those that are missing or in the last third of their life'],
    ['certs requests --all', 'for all of them, to renew before that'],
    ['certs requests --output json', 'one JSON object a request: who signs it, for whom, with which usages'],
  ],
  exitCodes: [...REACHES_HOSTS, 'refused'],
  options: (yargs) =>
    withConnectOptions(yargs).option('all', {
      type: 'boolean',
      default: false,
      describe: 'Also for certificates that serve and are not due',
    }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const [{ requestsFolder, wantedSignatures }, { writeRequest }] = await Promise.all([
      import('../../engine/index.js'),
      import('../files/requests.js'),
    ]);
    const { acceptNewHostKeys, all } = args;
    const { signal, emit } = context;
    const renewal = all ? 'all' : 'due';
    const wanted = await wantedSignatures({ inventory, acceptNewHostKeys, signal, emit, renewal });
    const folder = requestsFolder(inventory);
    const rows = [];
    for (const each of wanted) {
      const kept = await writeRequest(folder, each, inventory.spec.pki.keyAlgorithm);
      rows.push({ ...rowOf(each, folder), state: stateOf(each, kept) });
    }
    const shown = rows.map(({ request, ca, host, path, because, state }) => [
      relative(folder, request),
      ca,
      host,
      path,
      because,
      state,
    ]);
    const again = quoteAll(['kinit', 'init', ...inventoryWords(args, context)]);
    await context.ui.result(
      rows,
      rows.length === 0
        ? 'No certificate waits for a signature.'
        : [
            table(['REQUEST', 'CA', 'HOST', 'FOR', 'WHY', 'STATE'], shown),
            `${count(rows.length, 'request')} in ${folder}, a folder for each CA. Have each signed by its CA and put the certificate beside it (NAME.crt beside NAME.csr); then: ${again}`,
          ].join('\n\n'),
    );
    return 0;
  },
});

function rowOf({ name, authority, host, path, request, because, unfit }: WantedSignature, folder: string) {
  const { commonName, organization, usages, sans } = request;
  return {
    request: `${folder}/${name}.csr`,
    ca: authority,
    host,
    path,
    subject: { commonName, organization: organization ?? null },
    usages,
    sans,
    because,
    unfit: unfit ?? null,
  };
}

function stateOf({ unfit }: WantedSignature, kept: boolean): string {
  if (!kept) return 'new';
  return unfit === undefined ? 'not signed yet' : `its answer does not fit: ${unfit}`;
}
