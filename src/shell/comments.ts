/**
 * Shell text without the lines that are only a comment, and without empty ones: what readers of a file need, hosts do not.
 * Lines inside quotes and here-documents stay; so does what shellcheck is told not to mind, which is little.
 */
export function withoutComments(text: string): string {
  let open: Open = { quote: '' };
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const inText = open.quote !== '' || open.until !== undefined || open.continued === true;
    if (!inText && /^\s*(#(?! shellcheck disable=)|$)/.test(line)) continue;
    kept.push(line);
    open = after(line, open);
  }
  return kept.join('\n');
}

/** What reaches over the end of a line. */
interface Open {
  readonly quote: '' | "'" | '"';
  /** The line that ends a here-document. */
  readonly until?: RegExp;
  /** The line ended with a backslash. */
  readonly continued?: boolean;
}

function after(line: string, { quote: before, until }: Open): Open {
  if (until !== undefined) return until.test(line) ? { quote: '' } : { quote: '', until };
  let quote = before;
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at];
    if (quote === "'") {
      if (sign === "'") quote = '';
    } else if (sign === '\\') at += 1;
    else if (sign === '"') quote = quote === '"' ? '' : '"';
    else if (quote === '') {
      if (sign === "'") quote = "'";
      else if (sign === '#' && /(^|[\s;&|()])$/.test(line.slice(0, at))) break;
    }
  }
  const [, dash, word] = quote === '' ? (/<<(-?)\s*\\?['"]?([A-Za-z_]\w*)/.exec(line) ?? []) : [];
  if (word !== undefined) return { quote: '', until: new RegExp(`^${dash === '-' ? '\\t*' : ''}${word}$`) };
  return quote === '' && /(^|[^\\])(\\\\)*\\$/.test(line) ? { quote, continued: true } : { quote };
}
