import { lookAtApi, RELOAD_SECONDS } from '../../cluster/waits/api.js';
import { waitUntil } from '../../cluster/api/until.js';
import { serviceCause } from '../../cluster/why/node-cause.js';
import { SERVER_FILE } from '../../model/facts.js';
import type { PhaseContext, Proofs } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import { PROGRAM } from './places.js';

/** Waits until the API answers; ends early, with the process's own last word, where its configuration is what ends it. */
export async function waitForServer(context: PhaseContext, tools: Tools, _proofs: Proofs): Promise<void> {
  const { host, progress, signal, begun } = tools;
  const api = await tools.api();
  const until = performance.now() + RELOAD_SECONDS * 1000;
  await waitUntil({
    what: 'the API server to answer',
    timeoutSeconds: context.spec.waits.apiServerSeconds,
    intervalMs: 200,
    progress,
    signal,
    tried: 'GET /readyz',
    look: () => lookAtApi(api, '/readyz', performance.now() < until),
    hopeless: async () => {
      const cause = await serviceCause(host, context.node.facts, begun, PROGRAM);
      return cause?.hopeless === true ? cause.line : undefined;
    },
    hint: `On the host: journalctl -u ${PROGRAM} -e. Its flags stand in ${SERVER_FILE}.`,
  });
}
