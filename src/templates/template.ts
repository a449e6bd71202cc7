import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import type { z } from 'zod';
import { quoted, yamlScalar } from '../model/text/yaml.js';

/** A template and the shape of what it is rendered from. */
export interface Template {
  readonly file: URL;
  readonly source: string;
  readonly schema: z.ZodType;
}

const templates: Template[] = [];

/**
 * Every template there is; one test holds each against its schema, for `{{#if a}}` passes over a missing key in silence.
 * @internal That test is its only user.
 */
export function allTemplates(): readonly Template[] {
  return templates;
}

/**
 * The renderer of a .hbs file, which lies beside the kind that owns it: `template(new URL('./x.hbs', import.meta.url), schema)`.
 * A key the view lacks is an error, nothing is escaped for HTML.
 */
export function template<Schema extends z.ZodType>(file: URL, schema: Schema): (view: z.output<Schema>) => string {
  const source = readFileSync(file, 'utf8');
  templates.push({ file, source, schema });
  let render: Handlebars.TemplateDelegate | undefined;
  return (view) => {
    render ??= handlebars.compile(source, {
      strict: true,
      noEscape: true,
      knownHelpersOnly: true,
      knownHelpers: { yaml: true, quoted: true },
      preventIndent: true,
    });
    return render(view);
  };
}

const handlebars = Handlebars.create();

/** A YAML scalar: plain where every reader takes it for the same string or number, quoted else. */
handlebars.registerHelper('yaml', (value: unknown) => yamlScalar(value));

/** A string in double quotes with JSON's escapes, which are TOML's and YAML's as well. */
handlebars.registerHelper('quoted', (value: unknown) => quoted(String(value)));
