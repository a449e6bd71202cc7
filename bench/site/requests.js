// Takes apart what kinit says on its root shell, and what comes back: the framed protocol of src/ssh/shell, seen from the host.
import { createHash } from 'node:crypto';

/** Requests of a root shell as they come in. `onBoot(nonce)` is called once, `onRequest(id, text)` for each request that is whole. */
export function requestReader({ onBoot, onRequest }) {
  let text = '';
  let nonce;
  let id = 1;
  return (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      if (nonce === undefined) {
        const end = text.indexOf('\n');
        const found = /"([0-9a-f]{32}) boot /.exec(end < 0 ? '' : text.slice(0, end))?.[1];
        if (found === undefined) return;
        nonce = found;
        text = text.slice(end + 1);
        onBoot(nonce);
        continue;
      }
      const mark = `"${nonce} ${id} $_kinit_c" >&2\n`;
      const end = text.indexOf(mark);
      if (end < 0) return;
      onRequest(id, Buffer.from(text.slice(0, end + mark.length), 'latin1').toString('utf8'));
      text = text.slice(end + mark.length);
      id += 1;
    }
  };
}

/** One stream of a root shell's answers; `onAnswer(id, code, text)` is called with what stood before each mark. */
export function answerReader(nonce, onAnswer) {
  const mark = new RegExp(`\\x1e${nonce} (\\d+) (\\d+)\\n`);
  const begun = new RegExp(`\\x1e${nonce} \\d+ \\d+ begun\\n`);
  let text = '';
  return (chunk) => {
    text += chunk.toString('latin1');
    for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
      const before = text.slice(0, found.index).replace(begun, '');
      onAnswer(Number(found[1]), Number(found[2]), Buffer.from(before, 'latin1').toString('utf8'));
      text = text.slice(found.index + found[0].length);
    }
  };
}

/**
 * What a request is recognised by: the first line of its script without what is random, and how often it was sent before. The
 * same question asked twice has two answers where the host was changed between them.
 */
export function requestNamer() {
  const counts = new Map();
  return (text) => {
    const line = text.split('\n', 3).find((each) => !each.startsWith('_kinit_i=')) ?? '';
    const name = labelOf(line, text);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${name} #${count}`;
  };
}

function labelOf(line, text) {
  const scripts = [...new Set([...text.matchAll(/^(?:_kinit_s=')?\( # (\S+)$/gm)].map(([, name]) => name))];
  if (scripts.length > 0)
    return `${scripts[0]}${scripts.length === 1 ? '' : ` and ${scripts.length - 1} more (${short(scripts.join(' '))})`}`;
  return line
    .slice(0, 300)
    .replaceAll(/[0-9a-f]{8,}/g, 'H')
    .slice(0, 160);
}

export const short = (text) => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Random words and digests of a text, each once, in the order of their first appearance. */
export const tokensOf = (text) => [...new Set(text.match(/\b[0-9a-f]{12,64}\b/g))];
