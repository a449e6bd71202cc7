import { KinitError } from '../../model/error.js';
import { pkiPair } from '../paths.js';
import type { FoundFiles } from '../types.js';
import type { MaterialInput } from './input.js';

/** CAs are written before anything they sign: certificates without their CA mean that it was lost, and a new one would cut the cluster off. @throws KinitError preflight */
export function refuseOrphans(input: MaterialInput, found: readonly FoundFiles[], name: string): void {
  for (const { host, files } of found) {
    const node = input.nodes.find((candidate) => candidate.spec.name === host);
    const orphan =
      node === undefined
        ? undefined
        : input.wishes(node).leaves.find((leaf) => leaf.authority === name && files[leaf.crt] !== undefined);
    if (orphan !== undefined) {
      throw lostFile(pkiPair(name).crt, {
        host,
        says: `${host} has ${orphan.crt} and not the CA that signed it`,
        found,
      });
    }
  }
}

/** An API server that is started with a file has worked with it: with a new one in its place nobody could read, or get in, any more. @throws KinitError preflight */
export function refuseLost({ nodes, startedWith }: MaterialInput, found: readonly FoundFiles[], path: string): void {
  if (isOn(found, path)) return;
  const user = nodes.find((node) => node.isControlPlane && startedWith?.(node).includes(path) === true);
  if (user === undefined) return;
  const host = user.spec.name;
  throw lostFile(path, { host, says: `the API server of ${host} is started with ${path}, and it is not there`, found });
}

/**
 * A file of all control planes that is on none any more, and that cannot be made again: what was written, signed or trusted by the one
 * of before goes by no other. @param found what the control-plane hosts have that answer
 */
export function lostFile(
  path: string,
  { host, says, found }: { readonly host: string; readonly says: string; readonly found: readonly FoundFiles[] },
): KinitError {
  const nobody =
    found.length < 2
      ? `${host} is the only control plane that answers: no other has it`
      : `none of the ${String(found.length)} control planes that answer has it`;
  return new KinitError(says, {
    class: 'preflight',
    host,
    found: nobody,
    hint: `kinit datastore restore --keys FILE puts ${path} back, from what kinit datastore backup --keys has kept; then kinit init. Without such a file: put it there from a copy, or start anew: kinit reset ${host}`,
  });
}

/** Whether a file is there and says something: a host that went down while it wrote has an empty one. */
function isOn(found: readonly FoundFiles[], path: string): boolean {
  return found.some(({ files }) => (files[path] ?? '').trim() !== '');
}
