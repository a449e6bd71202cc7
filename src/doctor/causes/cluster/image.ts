import { defined } from '../../../model/defined.js';
import { text } from '../../../cluster/api/json.js';
import { said, type Cause, type Sighting } from '../../cause.js';
import type { Evidence } from '../../evidence.js';
import { containerStatuses, podsOn, podTitle } from '../../read/cluster.js';
import { kubeletLines } from '../../read/logs.js';
import { SYSTEM_NAMESPACES } from '../../networks.js';
import { parseImageRef } from '../../../model/text/image-ref.js';

const WAITING = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];
const NO_IMAGE = /failed to (?:get sandbox image|pull image|pull and unpack image) \\*"([^"\\]+)\\*"/i;

export const imagePull: Cause = {
  name: 'image-pull',
  title: 'An image cannot be pulled',
  symptom: 'pod: ErrImagePull, ImagePullBackOff; kubelet: failed to get sandbox image "registry.k8s.io/pause"',
  sign: "A container waits with one of the pull reasons, or the kubelet's journal names an image it cannot pull. The finding names image and registry.",
  remedy:
    'Check the name and tag, that the host reaches the registry (`crictl pull IMAGE` on it), its proxy and CA, and credentials where the image is private: `runtime.registries` of the inventory logs every pull in, an imagePullSecret those of one pod. A registry mirror goes into `runtime.registryMirrors`; images that kinit brings itself come with `kinit init`.',
  rank: 65,
  find: (evidence) => {
    const seen = new Map<string, Sighting>();
    for (const sighting of [...fromPods(evidence), ...fromJournals(evidence)]) {
      const key = /image (\S+)/.exec(sighting.found)?.[1] ?? sighting.found;
      if (!seen.has(key)) seen.set(key, sighting);
    }
    return [...seen.values()];
  },
};

function fromPods(evidence: Evidence): Sighting[] {
  return podsOn(evidence).flatMap((pod) =>
    containerStatuses(pod).flatMap(({ image, reason, message }): Sighting[] => {
      if (!WAITING.includes(reason)) return [];
      const host = text(pod, 'spec', 'nodeName');
      return [
        sighting(
          image,
          `${podTitle(pod)} waits for it (${reason})`,
          why(message, evidence, pod.metadata.name),
          host,
          SYSTEM_NAMESPACES.includes(pod.metadata.namespace ?? '') ? 'error' : 'warning',
        ),
      ];
    }),
  );
}

/**
 * Where the API does not answer: static pods and the pause image. A journal also names pods of users, which may be long
 * gone and never keep an API server from coming up.
 */
function fromJournals(evidence: Evidence): Sighting[] {
  if (evidence.cluster !== undefined) return sandboxes(evidence);
  return evidence.hosts.flatMap((host) => {
    const found = new Map<string, Sighting>();
    for (const line of kubeletLines(host)) {
      const image = NO_IMAGE.exec(line)?.[1];
      if (image !== undefined && concernsTheSystem(line))
        found.set(
          image,
          sighting(image, `the kubelet of ${host.host} needs it`, reasonIn(line) ?? said(line), host.host, 'error'),
        );
    }
    return [...found.values()];
  });
}

function concernsTheSystem(line: string): boolean {
  const [, namespace = ''] = / pod="([^"/]+)\//.exec(line) ?? [];
  return /sandbox image/i.test(line) || SYSTEM_NAMESPACES.includes(namespace);
}

/** A pod without its pause image has no container that could say so. */
function sandboxes(evidence: Evidence): Sighting[] {
  return podsOn(evidence)
    .filter((pod) => text(pod, 'status', 'phase') === 'Pending')
    .flatMap((pod) => {
      const event = evidence.cluster?.events.findLast(
        (each) =>
          text(each, 'involvedObject', 'name') === pod.metadata.name && NO_IMAGE.test(text(each, 'message') ?? ''),
      );
      const message = text(event, 'message') ?? '';
      const image = NO_IMAGE.exec(message)?.[1];
      return image === undefined
        ? []
        : [
            sighting(
              image,
              `${podTitle(pod)} waits for it`,
              reasonIn(message) ?? said(message),
              text(pod, 'spec', 'nodeName'),
              'error',
            ),
          ];
    });
}

function sighting(
  image: string,
  who: string,
  reason: string,
  host: string | undefined,
  severity: 'error' | 'warning',
): Sighting {
  const { registry } = parseImageRef(image);
  return {
    ...defined({ host }),
    found: `image ${image} cannot be pulled from ${registry}: ${reason}; ${who}`,
    next: `check its name, and on ${host ?? 'the node'}: crictl pull ${image} (network, proxy, credentials of ${registry}: runtime.registries in the inventory, or an imagePullSecret)`,
    severity,
  };
}

/** The back-off message names no reason; the event before it does. */
function why(message: string, { cluster }: Evidence, pod: string): string {
  const event = cluster?.events.findLast(
    (each) =>
      text(each, 'involvedObject', 'name') === pod && (text(each, 'message') ?? '').startsWith('Failed to pull image'),
  );
  const full = text(event, 'message') ?? message;
  return reasonIn(full) ?? (said(plain(full)) || 'no reason given');
}

/** The innermost words, without the quotes and the wrappings of those who handed them on. */
function plain(message: string): string {
  return message
    .replace(/^Back-off pulling image \S+:? ?/, '')
    .replaceAll(/rpc error: code = \w+ desc = /g, '')
    .replaceAll(/\\+"/g, '"');
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/no such host|server misbehaving|name resolution/i, 'the name of the registry cannot be resolved'],
  [/i\/o timeout|context deadline|TLS handshake timeout|timed out/i, 'the registry does not answer'],
  [/connection refused/i, 'the registry refuses connections'],
  [/x509|certificate/i, "the registry's certificate is not trusted"],
  [
    /unauthorized|authorization failed|403 Forbidden|401|denied/i,
    'the registry wants (other) credentials, or has no such image',
  ],
  [/not found|manifest unknown|404/i, 'the registry has no such image'],
  [/toomanyrequests|429/i, 'the registry limits the rate of pulls'],
  [/no space left/i, 'the disk is full'],
  [/InvalidImageName|couldn't parse image|invalid reference/i, 'this is not the name of an image'],
  [
    /pull policy is Never|not present with pull policy of Never/i,
    'it is not on the node, and the pull policy is Never',
  ],
];

function reasonIn(text: string): string | undefined {
  return REASONS.find(([pattern]) => pattern.test(text))?.[1];
}
