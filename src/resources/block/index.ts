import { unifiedDiff } from '../../model/text/diff.js';
import { asCode, type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { parseFields } from '../../shell/output.js';
import { sh, shellScript } from '../../shell/script.js';

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

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const WRITE = shellScript('./write.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const blockKind: ResourceKind<BlockResource, BlockSeen> = {
  kind: 'block',
  describe: {
    change: 'Writes a marked block into',
    subject: (id) => asCode(id.split('#')[0] ?? id),
    undone: 'The block is cut out; every other byte of the file stays',
  },
  observe: ({ path, name }) => sh(OBSERVE, { args: [path, name] }),
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
  apply: (r) => [{ do: 'script', script: sh(WRITE, { args: [r.path, r.name, textOf(r)] }) }],
  undo: undoOf({
    version: 1,
    record: ({ path, name }: BlockResource) => ({ save: sh(SAVE, { args: [path] }), data: { path, name } }),
    restore: ({ path, name }) => sh(RESTORE, { args: [path, name] }),
  }),
};

function textOf(r: BlockResource): string {
  return r.content === '' || r.content.endsWith('\n') ? r.content : `${r.content}\n`;
}
