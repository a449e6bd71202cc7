import { resolve } from 'node:path';
import { MOST_CONTROL_PLANES } from '../inventory/rules/hosts.js';
import { KinitError } from '../model/error.js';
import type { LabOptions } from './types.js';

/** The most hosts a lab's /24 is used for. */
const MAX_HOSTS = 200;

export interface CheckedOptions extends LabOptions {
  readonly name: string;
  readonly controlPlanes: number;
}

/** The options with defaults, or a usage error that names the wrong one. */
export function checkOptions(options: LabOptions): CheckedOptions {
  const checked = { ...options, name: checkLabName(options.name ?? 'demo'), controlPlanes: options.controlPlanes ?? 1 };
  wholeNumber('hosts', checked.hosts, 1, MAX_HOSTS);
  wholeNumber('control planes', checked.controlPlanes, 1, Math.min(checked.hosts, MOST_CONTROL_PLANES));
  wholeNumber('cpus', checked.cpus, 1, 1024);
  // Below this systemd and sshd do not start reliably.
  wholeNumber('memory in MB', checked.memoryMB, 128, 16 * 1024 * 1024);
  if (checked.diskMB !== undefined) wholeNumber('disk in MB', checked.diskMB, 500, 16 * 1024 * 1024);
  if (checked.productUuid !== undefined) checkUuid(checked.productUuid);
  if (checked.directory !== undefined) return { ...checked, directory: checkDirectory(checked.directory) };
  return checked;
}

export function checkLabName(name: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/.test(name)) return name;
  throw new KinitError(`"${name}" cannot be the name of a lab`, {
    class: 'usage',
    found: name,
    hint: 'Use at most 30 lower-case letters, digits and "-", starting and ending with a letter or digit.',
  });
}

function checkUuid(uuid: string): void {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) return;
  throw new KinitError(`"${uuid}" is no hardware id`, {
    class: 'usage',
    found: uuid,
    hint: 'Give a UUID such as 4c4c4544-0043-3310-8052-b4c04f4d3232.',
  });
}

function checkDirectory(directory: string): string {
  const absolute = resolve(directory);
  // Overlay mount options and nspawn's --bind give these characters a meaning of their own.
  if (!/[:,\\\n"]/.test(absolute)) return absolute;
  throw new KinitError(`The lab cannot live in ${absolute}`, {
    class: 'usage',
    found: absolute,
    hint: 'Choose a folder without colon, comma, quote or backslash in its path.',
  });
}

function wholeNumber(what: string, value: number, minimum: number, maximum: number): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  throw new KinitError(`${value} is not a possible number for ${what}`, {
    class: 'usage',
    found: String(value),
    hint: `Give a whole number from ${minimum} to ${maximum}.`,
  });
}
