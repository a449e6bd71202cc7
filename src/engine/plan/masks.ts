import { sha256Hex } from '../../model/text/digest.js';
import type { HostMaterial } from '../../model/phase.js';
import { describeMaterial } from '../../pki/index.js';

/** Digits of a digest that a reason shows. */
export const SHOWN_DIGITS = 12;

/** Text with what is made anew at every run replaced by words that stay the same. */
export interface Masks {
  /** For people: only what this run made and no host has yet. */
  readonly shown: (text: string) => string;
  /** For digests: everything of the PKI, by what it is for. Whether it was there already is compared by itself. */
  readonly wanted: (text: string) => string;
  /** What the content is, where it is exactly one that no host has yet. */
  readonly made: (content: string) => string | undefined;
}

interface Mask {
  readonly content: string;
  readonly path: string;
  /** Reckoned when it is asked for: few of them ever are. */
  readonly description: () => string;
  readonly fresh: boolean;
}

/**
 * A pod's digest of files it reads at its start, some of which are made at apply: these have digests of their own. What a
 * diff takes away is there already, and is shown as it stands.
 */
const FILES_DIGEST = /^(?!-)(.*kinit\/(?:config|manifest|credentials|trust)-sha256: )"?[0-9a-f]{64}"?/gm;
const NO_DIGEST = '$1(follows from the files)';

/**
 * The masks for what is planned on one host. In its texts stands what is made for itself, or for a control-plane host (authorities,
 * what all of them share): not what a thousand other workers get.
 * @param material what shall be on each host, by host and path
 * @param found what is on each host, by host and path
 * @param controlPlanes names of the control-plane hosts
 */
export function masksOf(
  material: Readonly<Record<string, HostMaterial>>,
  found: ReadonlyMap<string, Readonly<Record<string, string>>>,
  controlPlanes: readonly string[],
): (host: string) => Masks {
  const there = new Set([...found.values()].flatMap((files) => Object.values(files)));
  const made = new Map<string, Masks>();
  return (host) => {
    const known = made.get(host);
    if (known !== undefined) return known;
    const hosts = [...new Set([...controlPlanes, host])];
    const masks = masksFor(
      hosts.map((name) => material[name] ?? {}),
      there,
    );
    made.set(host, masks);
    return masks;
  };
}

function masksFor(material: readonly HostMaterial[], there: ReadonlySet<string>): Masks {
  const masks = new Map<string, Mask>();
  for (const files of material) {
    for (const [path, { content }] of Object.entries(files)) {
      if (content.length < SHOWN_DIGITS || masks.has(content)) continue;
      const fresh = !there.has(content);
      masks.set(content, { content, path, description: () => describeMaterial(content), fresh });
    }
  }
  // A kubeconfig holds the CA: the longer text goes first.
  const all = [...masks.values()].sort((a, b) => b.content.length - a.content.length);
  const fresh = all.filter((mask) => mask.fresh);
  const shown = replacer(fresh, ({ description }) => `(made at apply: ${description()})`);
  const wanted = replacer(all, ({ path, description }) => `(${path}: ${description()})`);
  return {
    shown: (text) => (fresh.length === 0 ? shown(text) : shown(text).replace(FILES_DIGEST, NO_DIGEST)),
    wanted: (text) => wanted(text).replace(FILES_DIGEST, NO_DIGEST),
    made: (content) => fresh.find((mask) => mask.content === content)?.description(),
  };
}

/** Each content as it stands, in base64, and as the digest that a reason shows. */
function replacer(masks: readonly Mask[], word: (mask: Mask) => string): (text: string) => string {
  const pairs = masks.flatMap((mask) =>
    [
      mask.content,
      mask.content.trimEnd(),
      Buffer.from(mask.content).toString('base64'),
      `sha256 ${sha256Hex(mask.content).slice(0, SHOWN_DIGITS)}`,
    ].map((text) => [text, () => word(mask)] as const),
  );
  return (text) =>
    text.length < SHOWN_DIGITS
      ? text
      : pairs.reduce(
          (result, [content, words]) => (result.includes(content) ? result.replaceAll(content, words) : result),
          text,
        );
}
