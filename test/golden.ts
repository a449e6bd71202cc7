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

/** The files of a ConfigMap. */
export function configData(objects: readonly KubeObject[], name: string): Record<string, string> {
  const found = objects.find((object) => object.kind === 'ConfigMap' && object.metadata.name === name);
  return (found?.['data'] ?? {}) as Record<string, string>;
}
