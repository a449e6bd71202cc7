import { RUNTIMES } from '../../../src/runtime/index.js';
import { sh } from '../../../src/shell/script.js';

/** The runtime that tests' clusters have: the inventory's default. */
export const RUNTIME = RUNTIMES[0];

/** Its systemd units, as words for systemctl. */
export const UNITS = RUNTIME.units.join(' ');

/** sh text that prints its images. */
export const LIST_IMAGES = sh(RUNTIME.images.list);
