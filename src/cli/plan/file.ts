import { hostname } from 'node:os';
import { userName } from '../../model/text/user-name.js';
import { resolve } from 'node:path';
import type { ZodError } from 'zod';
import { KinitError } from '../../model/error.js';
import { planDigest, planSchema, type PlanContent, type PlanFile } from '../../model/plan.js';
import { readIfThere, writeSecretFile } from '../files/secret.js';

const NEW_PLAN = 'Make a new one: kinit plan --out FILE';

/** Writes a plan (mode 600: it holds no secret, but it tells much of the hosts). */
export async function writePlan(file: string, content: PlanContent, inventory: string): Promise<void> {
  const plan: PlanFile = {
    format: 'kinit-plan/1',
    made: new Date().toISOString(),
    by: `${userName()}@${hostname()}`,
    inventory: resolve(inventory),
    content,
    digest: planDigest(content),
  };
  await writeSecretFile(file, `${JSON.stringify(plan, null, 2)}\n`);
}

/** @throws KinitError usage, where the file is no plan, or not as kinit wrote it. */
export async function readPlan(file: string): Promise<PlanFile> {
  const text = await readIfThere(file);
  if (text === undefined) throw new KinitError(`there is no file ${file}`, { class: 'usage', hint: NEW_PLAN });
  const data = parseJson(text);
  const parsed = planSchema.safeParse(data);
  if (!parsed.success) {
    throw new KinitError(`${file} is no plan that this kinit can read`, {
      class: 'usage',
      found: data === undefined ? 'it is not JSON' : whyNot(parsed.error),
      hint: NEW_PLAN,
    });
  }
  const { content, digest } = parsed.data;
  if (planDigest(content) !== digest) {
    throw new KinitError(`${file} was changed after kinit wrote it`, {
      class: 'usage',
      found: 'its digest does not fit what is in it',
      hint: `A plan is reviewed, not edited: change the inventory instead. ${NEW_PLAN}`,
    });
  }
  return parsed.data;
}

function whyNot({ issues: [issue] }: ZodError): string {
  if (issue === undefined || issue.path.length === 0) return 'it is not what kinit plan --out writes';
  return `${issue.path.join('.')}: not as kinit plan --out writes it`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
