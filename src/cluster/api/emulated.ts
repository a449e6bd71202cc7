import { minorOf } from '../../model/text/version.js';
import { text } from './json.js';

/** The minor version (1.35) as which an API server behaves, from its answer to /version; undefined: as its own, or it does not say. */
export function emulatedVersion(version: unknown): string | undefined {
  const [own, major, minor] = ['gitVersion', 'emulationMajor', 'emulationMinor'].map((name) => text(version, name));
  if (own === undefined || major === undefined || minor === undefined) return undefined;
  const emulated = `${major}.${minor}`;
  return emulated === minorOf(own.replace(/^v/, '')) ? undefined : emulated;
}
