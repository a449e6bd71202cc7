import { readFileSync } from 'node:fs';
import type { KubeObject } from '../src/model/api.js';

/** Objects as they were made before their code was changed: golden/objects/NAME.json. */
export function goldenObjects(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./golden/objects/${name}.json`, import.meta.url), 'utf8'));
}

/** A text as it was made before its code was changed: golden/config/NAME. */
export function goldenConfig(name: string): string {
  return readFileSync(new URL(`./golden/config/${name}`, import.meta.url), 'utf8');
}

/** Versions of the stock kubeadm whose output is recorded, by minor version. */
export const KUBEADMS = { '1.34': '1.34.10', '1.35': '1.35.4', '1.36': '1.36.3' } as const;
export type KubeadmMinor = keyof typeof KUBEADMS;

/** Each minor version with its whole one, for test.each. */
export const EACH_KUBEADM = Object.entries(KUBEADMS) as readonly [KubeadmMinor, string][];

/**
 * What the stock kubeadm makes of the ClusterConfiguration of kubeadmContext: golden/kubeadm-MINOR/FILE. Recorded from
 * `KUBEADM_INIT_DRYRUN_DIR=FOLDER kubeadm init --dry-run --ignore-preflight-errors=all --config FILE`, the manifests and
 * kubeadm-flags.env from the folder, the rest from what it would create; without status.
 */
export function goldenKubeadm(minor: KubeadmMinor, file: string): string {
  return readFileSync(new URL(`./golden/kubeadm-${minor}/${file}`, import.meta.url), 'utf8');
}

/** The files of a ConfigMap. */
export function configData(objects: readonly KubeObject[], name: string): Record<string, string> {
  const found = objects.find((object) => object.kind === 'ConfigMap' && object.metadata.name === name);
  return (found?.['data'] ?? {}) as Record<string, string>;
}
