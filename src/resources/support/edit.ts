import { quote } from '../../shell/quote.js';

/**
 * sh text that runs sed over a file that belongs to somebody else (the file itself where the path is a link): beside it,
 * synced, renamed. `sed -i` does not sync, so that a power cut could leave an empty /etc/fstab. Exits 1 when it fails.
 */
export function sedFile(path: string, expression: string): string {
  return [
    `P=$(readlink -f -- ${quote(path)}); T="$P.kinit-new"; rm -f -- "$T"`,
    `cp -a -- "$P" "$T" && sed -E ${quote(expression)} < "$P" > "$T" && sync -- "$T" && mv -f -T -- "$T" "$P" || exit 1`,
  ].join('\n');
}
