import { KinitError } from '../../model/error.js';
import type { DriverName } from './names.js';

/** What a person does who wants hosts with hardware ids of their choice. */
export const NEEDS_FIRMWARE = 'Leave --product-uuid out, or take --driver qemu.';

/** A driver cannot make hosts as they are wanted. @param found what it cannot give them */
export function refuseHosts(driver: DriverName, found: string, hint: string): KinitError {
  return new KinitError(`The lab driver ${driver} cannot make such hosts`, { class: 'usage', found, hint });
}
