import { stripVTControlCharacters } from 'node:util';

/**
 * Text from a host, fit for a terminal: escape sequences and control characters are taken out (a host must not be able
 * to move the cursor, set the title or hide what it wrote), and so are the marks that turn the reading direction.
 * Line ends and tabs stay.
 */
export function clean(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n'))
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}

/** The same as one line. */
export function oneLine(text: string): string {
  return clean(text).replaceAll(/\s*\n\s*/g, ' ').replaceAll('\t', ' ').trim();
}
