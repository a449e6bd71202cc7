import { certificateWishes } from '../../../src/control-plane/index.js';
import { KinitError } from '../../../src/model/error.js';
import type { HostMaterial } from '../../../src/model/phase.js';
import { planMaterial, type MaterialInput } from '../../../src/pki/index.js';
import { makeNodes, makeSpec } from '../context.js';

export const NOW = new Date('2030-05-01T10:00:00Z');
export const DAYS = 86_400_000;
export type Found = Record<string, Record<string, string>>;
type More = Partial<Omit<MaterialInput, 'wishes'>> & { readonly pki?: Record<string, unknown> };

/** What planMaterial gets for one control plane (n1) and one worker (n2) that have these files. */
export function input(existing: Found, { pki, ...more }: More = {}): MaterialInput {
  const spec =
    more.spec ?? makeSpec({ apiServer: { endpoint: 'api.example:6443' }, ...(pki === undefined ? {} : { pki }) });
  const nodes = more.nodes ?? makeNodes(spec);
  const [leader] = nodes;
  if (leader === undefined) throw new Error('no leader');
  const rest = {
    leader,
    endpoint: 'api.example:6443',
    existing: new Map(Object.entries(existing)),
    now: NOW,
    ...more,
    spec,
    nodes,
  };
  return { ...rest, wishes: (node) => certificateWishes({ ...rest, node }) };
}

export const plan = (existing: Found, more: More = {}): Promise<Readonly<Record<string, HostMaterial>>> =>
  planMaterial(input(existing, more));

export const texts = (material: Readonly<Record<string, HostMaterial>>): Found =>
  Object.fromEntries(
    Object.entries(material).map(([host, files]) => [
      host,
      Object.fromEntries(Object.entries(files).map(([path, { content }]) => [path, content])),
    ]),
  );

export const at = (files: Readonly<Record<string, string>> | undefined, path: string): string =>
  files?.[path] ?? `no ${path}`;

export async function failure(promise: Promise<unknown>): Promise<KinitError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KinitError)) throw new Error(`no KinitError but ${String(error)}`);
  return error;
}
