import { MASK } from './shapes.js';

/** Base64 long enough to hold something; lines may be wrapped, their ends escaped. */
const BASE64 =
  /[A-Za-z0-9+/_-]{24,}={0,2}(?:(?:\\+[rn]|\r?\n[ \t]*)+[A-Za-z0-9+/_-]{24,}={0,2})*(?:(?:\\+[rn]|\r?\n[ \t]*)+[A-Za-z0-9+/_-]+={1,2})?/g;
/** Not a text, but bytes. */
const BYTES = /[\u0000-\u0008\u000e-\u001f\ufffd]/;

/** Text without what is a secret once it is decoded: kubeconfigs, keys, credentials of registries. */
export function withoutEncoded(text: string, redact: (text: string) => string): string {
  return text.replace(BASE64, (found) => {
    const plain = Buffer.from(found.replaceAll(/\\+[rn]|\s/g, ''), 'base64').toString('utf8');
    if (BYTES.test(plain)) return found;
    return redact(plain) === plain && !/^[^\s:]+:\S+$/.test(plain) ? found : MASK;
  });
}
