import { quote } from '../../shell/quote.js';
import { parentOf } from '../../shell/statements.js';

/** For people: what restorePath does. */
export const RESTORED =
  'What was there comes back with mode and owner; where nothing was, it is deleted, with folders made for it';

/**
 * sh text that keeps what is at a path in "$D/<slot>": the file or link itself, or the fact that nothing was there
 * together with the parent folders that are missing (kinit will make them, reset takes them away again).
 */
export function savePath(path: string, slot = 'before'): string {
  return [
    `P=${quote(path)}; S="$D/"${quote(slot)}`,
    'if [ -d "$P" ] && [ ! -L "$P" ]; then : > "$S.folder"',
    'elif [ -e "$P" ] || [ -L "$P" ]; then cp -a --reflink=auto -T -- "$P" "$S" || exit 1',
    `else : > "$S.made"; Q=${quote(parentOf(path))}`,
    '  while [ ! -e "$Q" ] && [ ! -L "$Q" ]; do printf \'%s\\n\' "$Q" >> "$S.made"; Q=$(dirname -- "$Q"); done',
    'fi',
  ].join('\n');
}

/** sh text that puts back what savePath kept. Twice gives the same as once. */
export function restorePath(path: string, slot = 'before'): string {
  return [
    `P=${quote(path)}; S="$D/"${quote(slot)}`,
    // What a power cut in the middle of an upload or of another change left beside it.
    `rm -f -- "$P.kinit-new" ${quote(parentOf(path))}/.kinit-up-*`,
    'if [ -e "$S" ] || [ -L "$S" ]; then',
    '  mkdir -p -- "$(dirname -- "$P")" && rm -f -- "$P.kinit-undo" && cp -a -T -- "$S" "$P.kinit-undo" && { [ -L "$S" ] || sync -- "$P.kinit-undo"; } && mv -f -T -- "$P.kinit-undo" "$P" || exit 1',
    'elif [ -e "$S.made" ]; then',
    '  rm -f -- "$P" || exit 1',
    `  ${removeMade('$S.made')}`,
    'fi',
    ...reloadFor(path),
  ].join('\n');
}

/** Takes away folders kinit made, deepest first, as long as they are empty. `list` stands inside double quotes. */
export function removeMade(list: string): string {
  return `while IFS= read -r Q; do rmdir -- "$Q" 2>/dev/null || [ ! -e "$Q" ] || break; done < "${list}"`;
}

/** A unit file that comes or goes is seen by systemd only after a reload; the journal's replay does that once, at its end. */
function reloadFor(path: string): readonly string[] {
  return /^\/(etc|usr\/lib|lib)\/systemd\//.test(path) ? ['echo reload >> "${KINIT_LATER:-/dev/null}"'] : [];
}
