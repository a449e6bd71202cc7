/**
 * The sha256 of a file as a published checksum file says it: a bare digest (dl.k8s.io), or lines of "digest  name" as
 * sha256sum writes them, perhaps inside a signed text (runc). undefined where it says nothing about that file.
 */
export function findChecksum(text: string, fileName: string): string | undefined {
  const bare = /^\s*([0-9a-fA-F]{64})\s*$/.exec(text)?.[1];
  if (bare !== undefined) return bare.toLowerCase();
  for (const line of text.split('\n')) {
    const match = /^([0-9a-fA-F]{64}) [ *](.+?)\s*$/.exec(line);
    // Some origins write the path it had on their build machine.
    if (match !== null && match[2]?.split('/').at(-1) === fileName) return match[1]?.toLowerCase();
  }
  return undefined;
}
