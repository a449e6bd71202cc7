import { unifiedDiff } from '../../model/text/diff.js';
import { quote } from '../../shell/quote.js';
import { asCode, type Resource, type ResourceKind } from '../../model/resource.js';
import { parseFields, subshell } from '../../shell/statements.js';

export interface BlockResource extends Resource {
  readonly kind: 'block';
  /** A file its user owns, for example /etc/hosts. Made (0644) when missing. */
  readonly path: string;
  /** Letters, digits, '.', '_' and '-'. */
  readonly name: string;
  /** Lines between the marks; a line end at the end is optional. */
  readonly content: string;
}

export interface BlockSeen {
  readonly exists: boolean;
  /** 'broken': a begin mark without an end mark, or more than one block of this name. */
  readonly block: 'absent' | 'whole' | 'broken';
  readonly content: string;
}

/** A marked part of a file that belongs to somebody else; every byte outside the marks stays. */
export function block(options: {
  readonly path: string;
  readonly name: string;
  readonly content: string;
}): BlockResource {
  if (!/^[A-Za-z0-9._-]+$/.test(options.name))
    throw new TypeError(`block name '${options.name}' may hold only letters, digits, '.', '_' and '-'`);
  return {
    kind: 'block',
    id: `block:${options.path}#${options.name}`,
    path: options.path,
    name: options.name,
    content: options.content,
  };
}

export const blockKind: ResourceKind<BlockResource, BlockSeen> = {
  kind: 'block',
  describe: {
    change: 'Writes a marked block into',
    subject: (id) => asCode(id.split('#')[0] ?? id),
    undone: 'The block is cut out; every other byte of the file stays',
  },
  observe: (r) =>
    subshell(
      findBlock(r),
      '[ ! -e "$P" ] || echo exists=yes',
      'echo "block=$B"',
      '[ "$B" != whole ] || printf \'content=%s\\n\' "$(head -n $((END - 1)) < "$P" | tail -n +$((BEGIN + 1)) | base64 -w0)"',
    ),
  parse: (_r, output) => {
    const fields = parseFields(output);
    const found = fields.get('block');
    return {
      exists: fields.get('exists') === 'yes',
      block: found === 'whole' || found === 'broken' ? found : 'absent',
      content: Buffer.from(fields.get('content') ?? '', 'base64').toString('utf8'),
    };
  },
  diff: (r, seen) => {
    if (seen.block === 'whole' && seen.content === textOf(r))
      return { changed: false, reason: `block ${r.name} in ${r.path} is as wanted` };
    const reason =
      seen.block === 'broken'
        ? `the marks of block ${r.name} do not match`
        : seen.block === 'absent'
          ? `${r.path} has no block ${r.name}`
          : 'content differs';
    const change = {
      action: seen.exists ? 'update' : 'create',
      summary: `write block ${r.name} in ${r.path}`,
      reason,
    } as const;
    return {
      changed: true,
      change:
        seen.block === 'broken'
          ? change
          : { ...change, diff: unifiedDiff(seen.content, textOf(r), `${r.path} (${r.name})`) },
    };
  },
  apply: (r) => [
    {
      do: 'script',
      script: subshell(
        findBlock(r),
        `[ "$B" != broken ] || { echo ${quote(`${r.path}: the lines "${begin(r)}" and "${end(r)}" do not match up. Repair or delete the block by hand and run again.`)} >&2; exit 1; }`,
        PREPARE,
        '{ if [ "$B" = whole ]; then head -n $((BEGIN - 1)) < "$P"',
        '  elif [ -s "$P" ]; then cat < "$P"; [ -z "$(tail -c 1 < "$P")" ] || echo; fi',
        `  printf '%s\\n' ${quote(begin(r))}; printf '%s' ${quote(textOf(r))}; printf '%s\\n' ${quote(end(r))}`,
        '  if [ "$B" = whole ]; then tail -n +$((END + 1)) < "$P"; fi; } > "$T" || exit 1',
        REPLACE,
      ),
    },
  ],
  undo: (r) => ({
    save: [
      findBlock(r),
      'if [ ! -e "$P" ]; then : > "$D/no-file"; elif [ -s "$P" ] && [ -n "$(tail -c 1 < "$P")" ]; then : > "$D/no-line-end"; fi',
    ].join('\n'),
    restore: [
      findBlock(r),
      'if [ "$B" = broken ]; then echo "$P: its kinit block has lost a mark; left as it is"; exit 0; fi',
      'if [ "$B" = absent ]; then exit 0; fi',
      PREPARE,
      // The line end kinit had to add before the block goes too, where the block is still what ends the file.
      'LAST=$(wc -l < "$P")',
      '{ if [ -e "$D/no-line-end" ] && [ "$LAST" -eq "$END" ]; then head -n $((BEGIN - 1)) < "$P" | head -c -1; else head -n $((BEGIN - 1)) < "$P"; fi',
      '  tail -n +$((END + 1)) < "$P"; } > "$T" || exit 1',
      'if [ -e "$D/no-file" ] && [ ! -s "$T" ]; then rm -f -- "$T" "$P"; exit; fi',
      REPLACE,
    ].join('\n'),
  }),
};

/** Sets P (the file itself where the path is a link), B (absent, whole, broken), BEGIN and END (line numbers). */
function findBlock(r: BlockResource): string {
  return [
    `P=${quote(r.path)}; [ ! -L "$P" ] || P=$(readlink -f -- "$P")`,
    `BEGIN=$(grep -a -n -x -F -e ${quote(begin(r))} -- "$P" 2>/dev/null | cut -d: -f1); END=$(grep -a -n -x -F -e ${quote(end(r))} -- "$P" 2>/dev/null | cut -d: -f1)`,
    'case "$BEGIN:$END" in :) B=absent;; *[!0-9:]*|:*|*:) B=broken;; *) if [ "$BEGIN" -lt "$END" ]; then B=whole; else B=broken; fi;; esac',
  ].join('\n');
}

/** Makes "$T" beside "$P" with the same mode, owner and attributes. */
const PREPARE =
  'T="$P.kinit-new"; rm -f -- "$T"; if [ -e "$P" ]; then cp -a -- "$P" "$T"; else (umask 022; mkdir -p -- "$(dirname -- "$P")" && : > "$T"); fi || exit 1';

/** A bind-mounted file (containers do that with /etc/hosts) cannot be renamed over; then its content is written in place. */
const REPLACE = 'sync -- "$T"; mv -f -T -- "$T" "$P" 2>/dev/null || { cat < "$T" > "$P" && rm -f -- "$T"; } || exit 1';

function begin(r: BlockResource): string {
  return `# kinit BEGIN ${r.name}`;
}

function end(r: BlockResource): string {
  return `# kinit END ${r.name}`;
}

function textOf(r: BlockResource): string {
  return r.content === '' || r.content.endsWith('\n') ? r.content : `${r.content}\n`;
}
