import { shape, type Shape } from './shapes.js';
import type { LabHandle } from './kinit.js';

/** KINIT_TEST_FORM=embedded: how control planes run in tests that are the same for every form, `npm run test:embedded`. */
export const FORM: Shape['form'] = process.env['KINIT_TEST_FORM'] === 'embedded' ? 'embedded' : 'static-pods';

/** Writes that into the inventory of a lab. @param more what one that may get several servers says besides */
export function useForm(
  { inventory }: Pick<LabHandle, 'inventory'>,
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (FORM !== 'static-pods') shape({ inventory: { controlPlane: { mode: FORM }, ...more } }, inventory);
}
