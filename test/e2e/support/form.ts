import { shape, type Shape } from './shapes.js';
import type { LabHandle } from './kinit.js';

const TOLD = process.env['KINIT_TEST_FORM'];
if (TOLD !== undefined && TOLD !== 'static-pods' && TOLD !== 'embedded')
  throw new Error(`KINIT_TEST_FORM is ${TOLD}, and would be static-pods or embedded`);

/** The form that KINIT_TEST_FORM names, for tests that take each form in turn. */
export const ONLY_FORM: Shape['form'] | undefined = TOLD;

/** How control planes run in tests that are the same for every form, `npm run test:embedded`. */
export const FORM: Shape['form'] = TOLD ?? 'static-pods';

/** Writes that into the inventory of a lab. @param more what one that may get several servers says besides */
export function useForm(
  { inventory }: Pick<LabHandle, 'inventory'>,
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (FORM !== 'static-pods') shape({ inventory: { controlPlane: { mode: FORM }, ...more } }, inventory);
}
