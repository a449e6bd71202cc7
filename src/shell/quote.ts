/** One word for a POSIX shell, whatever is in it. Every value that reaches a shell goes through here. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words for a POSIX shell, quoted and joined. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ');
}
