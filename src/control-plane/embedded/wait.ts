import { lookAtApi, RELOAD_SECONDS } from '../../cluster/waits/api.js';
import { waitUntil } from '../../cluster/api/until.js';
import { SERVER_FILE } from '../../model/facts.js';
import type { PhaseContext, Proofs } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';
import { PROGRAM } from './places.js';

const script = sh(shellScript('./state.sh', import.meta.url));

/** Starts in a row after which the next one will not go better. */
const STARTS = 3;

/** Waits until the API answers; ends early where the process ends again and again, with its own last word. */
export async function waitForServer(context: PhaseContext, tools: Tools, _proofs: Proofs): Promise<void> {
  const { host, progress, signal } = tools;
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
      const { stdout } = await host.run(script, { timeoutSeconds: 30 });
      const state = parseFields(stdout);
      const word = /^Error: .*$/m.exec(stdout)?.[0];
      const ends = state.get('ActiveState') !== 'active' && Number(state.get('NRestarts') ?? 0) >= STARTS;
      return ends ? (word ?? `${PROGRAM} is ${state.get('ActiveState') ?? 'unknown'}`) : undefined;
    },
    hint: `On the host: journalctl -u ${PROGRAM} -e. Its flags stand in ${SERVER_FILE}.`,
  });
}
