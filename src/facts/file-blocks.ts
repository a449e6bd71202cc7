/**
 * Files as a script prints several of them: '=NAME', then each line after a character that is not '='. The echo after a text
 * gives an empty row where the text itself ended its last line.
 */
export function fileBlocks(output: string): { readonly name: string; readonly rows: readonly string[] }[] {
  const found: { name: string; rows: string[] }[] = [];
  const rows = output.split('\n');
  // What follows the last line break is no row.
  if (rows.at(-1) === '') rows.pop();
  for (const row of rows) {
    if (row.startsWith('=')) found.push({ name: row.slice(1), rows: [] });
    else found.at(-1)?.rows.push(row);
  }
  return found;
}
