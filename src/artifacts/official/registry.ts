import { KinitError } from '../../model/error.js';
import { sha256Hex } from '../../model/text/digest.js';
import { mirrorUrl } from '../../model/text/mirror-url.js';
import { failureReason, httpGet, type Trust } from './http.js';

/** A registry as this machine asks it (OCI distribution-spec 1.1, "Pulling manifests"). */
export interface RegistryEndpoint extends Trust {
  /** For example https://registry.k8s.io; one of a mirror perhaps with a path (model/text/mirror-url.ts). */
  readonly url: string;
  readonly login?: { readonly user: string; readonly password: string } | undefined;
}

/** What a tag may lead to; an index stands for all architectures, and is asked for first. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
}

/** Digest (sha256:...) of what a tag is now, by the registry's own answer. Throws 'artifact'. */
export async function manifestDigest(
  endpoint: RegistryEndpoint,
  repository: string,
  tag: string,
  options: AskOptions,
): Promise<string> {
  const url = `${mirrorUrl(endpoint.url)?.api ?? `${endpoint.url}/v2`}/${repository}/manifests/${tag}`;
  const fail = (found: string, hint: string): KinitError =>
    new KinitError(`the digest of ${repository}:${tag} could not be asked for`, {
      class: 'artifact',
      tried: `HEAD ${url}`,
      found,
      hint,
    });
  const ask = (method: string, authorization: string | undefined): ReturnType<typeof httpGet> =>
    send(endpoint, url, options, {
      method,
      headers: { accept: ACCEPT, ...(authorization === undefined ? {} : { authorization }) },
    });
  try {
    let authorization = basic(endpoint);
    let answer = await ask('HEAD', authorization);
    if (answer.status === 401) {
      authorization = await token(endpoint, answer.headers.get('www-authenticate') ?? '', repository, options);
      if (authorization !== undefined) answer = await ask('HEAD', authorization);
    }
    if (answer.status === 401 || answer.status === 403)
      throw fail(
        `HTTP ${String(answer.status)}`,
        'The registry wants a login: name one under runtime.registries in the inventory.',
      );
    if (!answer.ok) throw fail(`HTTP ${String(answer.status)}`, 'Check the version and the mirror in the inventory.');
    const said = answer.headers.get('docker-content-digest');
    // The header is optional; the manifest's own digest is the same by definition.
    const digest = said ?? `sha256:${sha256Hex(Buffer.from(await (await ask('GET', authorization)).arrayBuffer()))}`;
    if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
    throw fail(`digest ${digest.slice(0, 80)}`, 'Perhaps a login page of the network answered.');
  } catch (error) {
    if (error instanceof KinitError) throw error;
    if (options.signal.aborted) throw new KinitError('kinit was interrupted', { class: 'interrupted' });
    throw fail(failureReason(error), 'Check the network, or choose a mirror (mirrors: cn in the inventory).');
  }
}

function send(
  trust: RegistryEndpoint,
  url: string,
  { signal, timeoutSeconds }: AskOptions,
  init: { readonly method: string; readonly headers: Record<string, string> },
): ReturnType<typeof httpGet> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  return httpGet(url, { ...init, signal: within }, trust);
}

/** What a registry that hands out tokens wants next (distribution: docs/spec/auth/token.md); undefined: none to be had. */
async function token(
  endpoint: RegistryEndpoint,
  challenge: string,
  repository: string,
  options: AskOptions,
): Promise<string | undefined> {
  if (!/^bearer /i.test(challenge)) return undefined;
  const said = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value]) => [key, value]),
  );
  if (said['realm'] === undefined || !URL.canParse(said['realm'])) return undefined;
  const url = new URL(said['realm']);
  if (said['service'] !== undefined) url.searchParams.set('service', said['service']);
  url.searchParams.set('scope', said['scope'] ?? `repository:${repository}:pull`);
  const authorization = basic(endpoint);
  const answer = await send(endpoint, url.href, options, {
    method: 'GET',
    headers: authorization === undefined ? {} : { authorization },
  });
  if (!answer.ok) return undefined;
  const { token: given, access_token: other } = (await answer.json()) as { token?: string; access_token?: string };
  return given === undefined && other === undefined ? undefined : `Bearer ${given ?? other ?? ''}`;
}

function basic({ login }: RegistryEndpoint): string | undefined {
  return login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
}
