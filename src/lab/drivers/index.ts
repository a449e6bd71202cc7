import type { Driver } from './driver.js';
import type { DriverName } from './names.js';
import { nspawn } from './nspawn/nspawn.js';
import { qemu } from './qemu/qemu.js';
import { uml } from './uml/uml.js';

/** The only list of drivers. */
export const DRIVERS: Readonly<Record<DriverName, Driver>> = { nspawn, uml, qemu };

export function driverOf({ driver }: { readonly driver: DriverName }): Driver {
  return DRIVERS[driver];
}
