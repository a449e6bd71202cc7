import { join } from 'node:path';
import type { LabHost } from '../types.js';

/** Which disk of a snapshot a host with these roles starts from. */
export function snapshotPart(roles: LabHost['roles']): 'control-plane' | 'worker' {
  return roles.includes('control-plane') ? 'control-plane' : 'worker';
}

/** What a host's own disk lies over, as overlayfs takes it: the topmost first. */
export function lowerLayers(host: LabHost, rootfs: string): string {
  return host.snapshot === undefined ? rootfs : `${join(host.snapshot, 'upper')}:${rootfs}`;
}

/** The folder a new host's /var is copied from. */
export function varSource(host: LabHost, rootfs: string): string {
  return join(host.snapshot ?? rootfs, 'var');
}
