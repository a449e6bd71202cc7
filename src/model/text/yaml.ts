import { Document, parseDocument, Scalar, visit, type ParsedNode, type Tags, type ToStringOptions } from 'yaml';

/**
 * YAML that every reader takes for the same values. The writer's own YAML is 1.2; kubectl, the kubelet and all else that is
 * written in Go, as well as PyYAML and Ruby, read 1.1, where `on` is true, `0777` is 511 and `1:30` is 90. Whatever any of
 * them takes for something else than a string is quoted. This is the only writer of YAML (a test sees to it).
 */
export function toYaml(value: unknown, options: ToStringOptions & { readonly sortMapEntries?: boolean } = {}): string {
  const { sortMapEntries = false, ...style } = options;
  // Values of the code may share parts; written out, no reader has to know anchors.
  return documentText(new Document(value, { ...SCHEMA, sortMapEntries, aliasDuplicateObjects: false }), style);
}

/** One scalar on one line, as it can stand behind a key. */
export function yamlScalar(value: unknown): string {
  const text = toYaml(value).slice(0, -1);
  return text.includes('\n') ? quoted(String(value)) : text;
}

/** In double quotes, with escapes that YAML, JSON and TOML share. */
export function quoted(text: string): string {
  return escaped(JSON.stringify(text));
}

/** A text that is changed and written again: comments stay. Broken text has `errors`. */
export function editableYaml(text: string): Document.Parsed<ParsedNode> {
  return parseDocument(text, SCHEMA);
}

/** A document as text. */
export function documentText(document: Document, style: ToStringOptions = {}): string {
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && (SPECIAL.test(node.value) || BLANK_START.test(node.value)))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  // Only what stands in double quotes has such characters.
  return escaped(document.toString({ lineWidth: 0, ...style }));
}

/** Nothing but white space, or a tab that Go's reader would take for indentation. */
const BLANK_START = /^\s*(?:\t|$)/;

/** Line breaks of YAML 1.1 that 1.2 takes for letters, and characters that readers refuse unless they are escaped. */
const SPECIAL = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

function escaped(text: string): string {
  return text.replace(
    new RegExp(SPECIAL, 'g'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What some reader takes for a boolean, null, number, date, merge or default key (YAML 1.1 types; Go's and Python's readers go further: it leaves underscores out first). */
const NO_STRINGS: readonly RegExp[] = [
  /^(?:y|yes|n|no|on|off|true|false|null|nil|~|<<|=|)$/i,
  // 12, 1_000, 1., .5, 1e3, 1_0.5e+3
  /^[-+]?(?:[0-9_]+\.?[0-9_]*|\.[0-9_]*|(?=e))(?:e[-+]?[0-9_]+)?$/i,
  // 0b11, 0o17, 0777, 0x1F, 0x1p-2
  /^[-+]?_*0_*(?:b[01_]+|o[0-7_]+|x[0-9a-f_.]+(?:p[-+]?[0-9_]+)?)$/i,
  // 1:30, 190:20:30.15
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[-+]?\.?(?:inf|infinity|nan)$/i,
  // 2001-12-14, 2001-12-14t21:59:43.10-05:00
  // PyYAML refuses a tab in a word that is not quoted.
  /\t/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t][-+0-9:.Zz \t]*)?$/,
];

const compat = NO_STRINGS.map((test) => ({
  tag: 'kinit:no-string',
  default: true as const,
  test,
  resolve: (text: string) => text,
}));

/** 1.1 knows no exponent without a fraction. */
const exponent = {
  tag: 'tag:yaml.org,2002:float',
  default: true as const,
  // Written only, never read; without a test the library's own tag for numbers goes before it.
  test: /(?!)/,
  identify: (value: unknown) => typeof value === 'number' && /^-?[0-9]+e/.test(String(value)),
  resolve: Number,
  stringify: ({ value }: { readonly value: unknown }) => String(value).replace('e', '.0e'),
};

const SCHEMA = {
  version: '1.2' as const,
  compat: compat as unknown as Tags,
  customTags: (tags: Tags): Tags => [exponent as Tags[number], ...tags],
  prettyErrors: false,
};
