import { KinitError } from '../../model/error.js';
import { quote } from '../../shell/quote.js';
import { STATE_DIR } from '../../shell/statements.js';
import type { LiveHost } from '../session/session.js';

const FILE = `${STATE_DIR}/plan`;

/** What a host remembers of the last plan that was applied to it. */
export interface PlanMark {
  readonly digest: string;
  readonly state: 'started' | 'finished';
}

/** undefined where no plan was ever applied. */
export async function readPlanMark({ connection }: LiveHost): Promise<PlanMark | undefined> {
  const { stdout } = await connection.run(`cat ${quote(FILE)} 2>/dev/null; :`);
  const [digest = '', state = ''] = stdout.trim().split(' ');
  return state === 'started' || state === 'finished' ? { digest, state } : undefined;
}

/** Written before the first change and after the last: an apply that was cut is known, and taken up, by it. Reset removes it with the rest. */
export async function writePlanMark({ spec, connection }: LiveHost, { digest, state }: PlanMark): Promise<void> {
  const words = quote(`${digest} ${state}`);
  const result = await connection.run(
    `(umask 077; mkdir -p ${quote(STATE_DIR)} && printf '%s\\n' ${words} > ${quote(`${FILE}.new`)} && sync ${quote(`${FILE}.new`)} && mv -f ${quote(`${FILE}.new`)} ${quote(FILE)})`,
  );
  if (result.code === 0) return;
  throw new KinitError('could not note on the host which plan is applied', {
    class: 'change',
    host: spec.name,
    tried: `writing ${FILE}`,
    found: result.stderr.trim(),
    hint: 'Check free space and that /var/lib is writable.',
  });
}
