import { createHash } from 'node:crypto';
import { clean } from '../../terminal/clean.js';

interface Page {
  /** Text; so are no others. */
  readonly title: string;
  readonly style: string;
  /** Default: the page has none, and may run none. */
  readonly script?: string;
  /** Markup. */
  readonly body: string;
}

/** A page that needs nothing else: no font, no image, no script from elsewhere, and none but its own may run. Light or dark, as its reader's system is. */
export function htmlPage({ title, style, script, body }: Page): string {
  const scripts = script === undefined ? '' : `; script-src '${hash(script)}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hash(style)}'${scripts}">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}${script === undefined ? '' : `\n<script>${script}</script>`}
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in markup and in attributes: what came from hosts must not become markup. */
export function escapeHtml(text: string): string {
  return clean(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** So that no other script and no other style is run, whatever stands in the page. */
function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
