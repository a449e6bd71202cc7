/** The end of what a program printed: enough to see why it failed. Empty where it printed nothing. */
export function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
