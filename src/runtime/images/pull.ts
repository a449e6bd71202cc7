import type { ImageArtifact } from '../../model/artifact.js';
import { KinitError } from '../../model/error.js';
import type { Tools } from '../../model/resource.js';
import { lastLines } from '../../model/text/last-lines.js';
import { parseImageRef } from '../../model/text/image-ref.js';
import { sh, shellScript } from '../../shell/script.js';
import type { ContainerRuntime } from '../container-runtime.js';

const PULL = shellScript('./pull.sh', import.meta.url);

/** Seconds to pull one image; registries behind a slow line need minutes. */
const TIMEOUT = 600;

/** Has the host pull images one after the other, by their first reference. */
export async function pullImages(
  { sockets: [socket] }: ContainerRuntime,
  wanted: readonly ImageArtifact[],
  tools: Tools,
): Promise<void> {
  for (const ref of wanted.flatMap((image) => image.refs.slice(0, 1))) {
    tools.signal.throwIfAborted();
    tools.progress(`pulling ${ref}`);
    const result = await tools.host.run(sh(PULL, { args: [socket, String(TIMEOUT), ref] }), {
      timeoutSeconds: TIMEOUT + 10,
      change: `pull ${ref}`,
    });
    if (result.code === 0) continue;
    throw new KinitError(`image ${ref} could not be pulled from ${parseImageRef(ref).registry}`, {
      class: 'artifact',
      host: tools.host.host,
      tried: `crictl pull ${ref}`,
      found:
        result.code === 124
          ? `no result after ${String(TIMEOUT)} s`
          : lastLines(result.stderr, 5) || `exit code ${String(result.code)}`,
      hint: hintFor(ref, result.stderr),
    });
  }
}

/** How runtimes hand on a registry's 401 and 403, and its 404: nothing but words comes through the CRI. */
const WANTS_LOGIN = /unauthorized|authorization failed|authentication required|401|403 Forbidden|no basic auth/i;
const HAS_NOT = /not found|manifest unknown|404/i;

function hintFor(ref: string, said: string): string {
  const { registry, digest } = parseImageRef(ref);
  if (WANTS_LOGIN.test(said))
    return `${registry}, or a mirror of it, wants a login, or has no such image: name username and password under runtime.registries in the inventory.`;
  if (digest !== undefined && HAS_NOT.test(said))
    return 'Not this very image, which kinit.lock.json is bound to: a mirror that makes images anew has others under their names. Take one that copies them, such as artifacts.imageMirror: daocloud.';
  return 'Check that the host reaches the registry, or set mirrors: cn, runtime.registryMirrors or artifacts.source: source.';
}
