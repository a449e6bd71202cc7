import type { Flags } from '../../../model/text/flags.js';

/** Stands in a manifest for the members that etcd has when this one is added. */
export const MEMBERS_MARK = '@KINIT_MEMBERS@';

/** What a member begins with that is added to others. */
export const BORN_LATER: Flags = { 'initial-cluster': MEMBERS_MARK, 'initial-cluster-state': 'existing' };

/** What the one that began the cluster has once there are others: it names nobody whom it could ask without its data, and so ends. */
export const KEPT: Flags = { 'initial-cluster-state': 'existing' };

/**
 * What the member of a host was begun with, from its manifest; undefined where there is none. It counts only while it has no data
 * (etcd: server/config ServerConfig.NewCluster), so it stays as it was written when members come and go, as with kubeadm: another
 * text would only restart etcd.
 */
export function bornWith(manifests: Readonly<Record<string, string>>): Flags | undefined {
  const flag = (text: string, name: string): string | undefined =>
    new RegExp(`^\\s*- ['"]?--${name}=([^'"\\n]+)['"]?$`, 'm').exec(text)?.[1];
  for (const text of Object.values(manifests)) {
    const members = flag(text, 'initial-cluster');
    if (members === undefined) continue;
    const state = flag(text, 'initial-cluster-state');
    return { 'initial-cluster': members, ...(state === undefined ? {} : { 'initial-cluster-state': state }) };
  }
  return undefined;
}
