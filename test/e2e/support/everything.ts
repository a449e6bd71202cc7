/**
 * Whether all there is is tested (npm run test:everything). The test command has not the time: of what is many of a kind it takes some,
 * and what costs minutes for a corner it leaves out.
 */
export const EVERYTHING = process.env['KINIT_TEST_EVERYTHING'] === '1';

/** The title of a test, or group of tests, that is left out then. */
export function leftOut(title: string): string {
  return EVERYTHING ? title : `${title} (skipped: npm run test:everything takes it)`;
}
