/**
 * Text from a host, fit for a terminal: escape sequences and control characters are taken out (a host must not be able
 * to move the cursor, set the title or hide what it wrote), and so are the marks that turn the reading direction.
 * Line ends and tabs stay.
 */
export function clean(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(STRING_SEQUENCE, '')
    .replaceAll(CONTROL_SEQUENCE, '')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}

// ECMA-48, with 7-bit and 8-bit introducers. Not util.stripVTControlCharacters: in Node 20 it leaves parts of titles and links.
/** OSC, DCS, SOS, PM, APC and all up to their end: window titles, links. */
const STRING_SEQUENCE =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)/g;
/** CSI (colours, cursor, erase), and escapes of two or three characters. */
const CONTROL_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;

/** The same as one line. */
export function oneLine(text: string): string {
  return clean(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('\t', ' ')
    .trim();
}

/** A value as JSON that is fit for a terminal too: what JSON leaves as it is and a terminal obeys (8-bit control characters, marks that turn the reading direction) is escaped. The value stays the same. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
