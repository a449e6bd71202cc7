import type { UploadFile } from '../../model/host.js';
import type { Step } from '../../model/resource.js';
import { scriptOf } from '../../shell/script.js';
import { octal } from '../../model/text/mode.js';
import type { Observed } from '../change/observe.js';

/** A person reads no more of one argument than this, in characters. */
const MAX_WORD = 60;

/**
 * What would be sent to carry a change out, a line each: scripts by name with their arguments, files by path, size and mode.
 * Secrets never: they travel as content of files or on standard input, which are not shown.
 */
export function whatIsSent({ kind, resource, seen }: Observed): string[] {
  const { save } = kind.undo?.record(resource, seen) ?? {};
  return [
    ...(save === undefined ? [] : [`${scriptLine(save)}, for reset`]),
    ...kind.apply(resource, seen).flatMap(stepLines),
  ];
}

function stepLines(step: Step): string[] {
  if (step.do === 'upload') return step.files.map(fileLine);
  if (step.do === 'call') return [step.title];
  return [`${scriptLine(step.script)}${step.stdin === undefined ? '' : ', with standard input'}`];
}

function fileLine({ path, content, mode, owner }: UploadFile): string {
  const size = 'bytes' in content ? content.bytes.length : content.size;
  return `file ${path}, ${String(size)} bytes, mode ${octal(mode)}${owner === undefined ? '' : `, owner ${owner}`}`;
}

function scriptLine(text: string): string {
  const script = scriptOf(text);
  if (script === undefined) return `${text.trim().split('\n')[0] ?? ''} (${String(text.length)} characters)`;
  return ['script', script.name, ...script.args.map(shortened)].join(' ');
}

function shortened(word: string): string {
  return word.length > MAX_WORD || word.includes('\n') ? `(${String(word.length)} characters)` : word;
}
