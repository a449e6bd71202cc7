/** A full reference of an image, taken apart (distribution: reference.ParseNormalizedNamed). */
export interface ImageRef {
  /** Host, with port where it has one; 'docker.io' where the reference names none. */
  readonly registry: string;
  /** Path below the registry, for example 'coredns/coredns'. */
  readonly repository: string;
  /** 'latest' where the reference has neither tag nor digest. */
  readonly tag?: string;
  /** sha256:... */
  readonly digest?: string;
}

export function parseImageRef(ref: string): ImageRef {
  const [name = '', digest] = ref.split('@');
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const path = colon < 0 ? name : name.slice(0, colon);
  const [first = '', ...rest] = path.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const below = named ? rest.join('/') : path;
  const tag = colon < 0 ? (digest === undefined ? 'latest' : undefined) : name.slice(colon + 1);
  const registry = named ? first : 'docker.io';
  return {
    registry,
    repository: registry === 'docker.io' && !below.includes('/') ? `library/${below}` : below,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The host that answers for a registry: Docker Hub's is another than its images carry (containerd: docs/hosts.md). */
export function registryHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

/**
 * What manifests name an image by: tag and digest. Runtimes go by the digest; kubeadm reads the version off the tag
 * (cmd/kubeadm/app/util/image: TagFromImage).
 * @param digest '' where it is not known yet
 */
export function withDigest(ref: string, digest: string): string {
  return digest === '' ? ref : `${ref}@${digest}`;
}

/** The name under which runtimes keep what was pulled by digest: they leave the tag out. */
export function byDigest(ref: string, digest: string): string {
  const { registry, repository } = parseImageRef(ref);
  return digest === '' ? ref : `${registry}/${repository}@${digest}`;
}
