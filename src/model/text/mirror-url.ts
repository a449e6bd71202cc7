/** Where a mirror of a registry answers (OCI distribution-spec 1.1: `/v2/NAME/manifests/TAG`). */
export interface MirrorUrl {
  /** With the port where it has one, as CA certificates and logins are kept by. */
  readonly host: string;
  /** Path above /v2: '', or '/nexus'. */
  readonly above: string;
  /** What names begin with there: '', or 'proxy/'. */
  readonly prefix: string;
  /** Address of the API, names behind it: https://mirror.example.com/v2, https://mirror.example.com/v2/proxy. */
  readonly api: string;
}

/** Undefined: a path without /v2, which runtimes put in front of it, or behind it, each in its own way. */
export function mirrorUrl(url: string): MirrorUrl | undefined {
  const { origin, host, pathname } = new URL(url);
  const path = pathname.split('/').filter((part) => part !== '');
  const at = path.length === 0 ? 0 : path.indexOf('v2');
  if (at < 0) return undefined;
  const below = (parts: readonly string[]): string => parts.map((part) => `/${part}`).join('');
  const [above, names] = [path.slice(0, at), path.slice(at + 1)];
  return {
    host,
    above: below(above),
    prefix: names.map((part) => `${part}/`).join(''),
    api: `${origin}${below(above)}/v2${below(names)}`,
  };
}
