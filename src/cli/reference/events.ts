import { z } from 'zod';
import { eventSchema, failureLineSchema, resultLineSchema } from '../../model/event.js';

const time = z.iso.datetime().describe('When it was said, by the clock of the machine kinit runs on (UTC).');

/** One line of --output json of a run (init, join, reset, plan, apply, check). */
export const lineSchema = z.discriminatedUnion('type', [
  ...eventSchema.options.map((option) => option.extend({ time }).describe(option.description ?? '')),
  failureLineSchema,
  resultLineSchema,
] as unknown as Parameters<typeof z.discriminatedUnion>[1]);

interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
}

/** docs/events.schema.json: scripts/docs.js writes it. */
export function eventsSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(lineSchema, { override: simplify });
  return { $schema, title: 'One line of kinit --output json', ...rest };
}

/** Readers must not refuse what a later version adds; and the pattern of a time says no more than its format. */
function simplify({
  jsonSchema,
}: {
  readonly jsonSchema: { additionalProperties?: unknown; readOnly?: unknown; pattern?: unknown; format?: unknown };
}): void {
  delete jsonSchema.additionalProperties;
  delete jsonSchema.readOnly;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}

/** docs/events.md: scripts/docs.js writes it. */
export function eventsReference(): string {
  const schema = eventsSchema() as JsonSchema;
  const lines = schema.oneOf ?? schema.anyOf ?? [];
  return `${[HEAD, ...lines.map(section)].join('\n').trimEnd()}\n`;
}

const HEAD = `<!-- Made from src/model/event.ts by scripts/docs.js. Change the schema, not this file. -->
# Events

\`--output json\` prints one JSON object a line (NDJSON) on standard output while \`init\`, \`join\`, \`reset\`, \`plan\`, \`apply\` or \`check\`
works, and nothing else. \`type\` says which one it is. [events.schema.json](events.schema.json) is the JSON Schema (2020-12) of one line;
every line of real runs is checked against it by the tests.

- The last line is a \`result\`, or an \`error\` with the exit code ([exit-codes.md](exit-codes.md)).
- Events of several hosts are mixed; those of one host are in order.
- Later versions may add types and fields: ignore what you do not know. What is here keeps its meaning.
- Secrets never stand in an event; where one differs, its digest does.

\`\`\`sh
kinit init -o json | jq -r 'select(.type == "change-applied") | [.host, .phase, .change.summary] | @tsv'
\`\`\`
`;

function section(schema: JsonSchema): string {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    fields(name, property, schema.required?.includes(name) === true),
  );
  return [
    `## ${schema.properties?.['type']?.const ?? ''}`,
    '',
    schema.description ?? '',
    '',
    '| Field | Type | | |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function fields(name: string, schema: JsonSchema, required: boolean): string[] {
  if (name === 'type') return [];
  const row = `| \`${name}\` | ${typeOf(schema)} | ${required ? '' : 'where known'} | ${schema.description ?? ''} |`;
  const inner = schema.properties ?? schema.items?.properties ?? {};
  const holder = schema.items === undefined ? schema : schema.items;
  const prefix = schema.items === undefined ? name : `${name}[]`;
  return [
    row,
    ...Object.entries(inner).flatMap(([key, property]) =>
      fields(`${prefix}.${key}`, property, holder.required?.includes(key) === true),
    ),
  ];
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return `list of ${schema.items?.type === 'object' ? 'objects' : 'text'}`;
  const names: Readonly<Record<string, string>> = {
    string: schema.format === 'date-time' ? 'RFC 3339 time' : 'text',
    integer: 'whole number',
    number: 'number',
    object: 'object',
  };
  return schema.type === undefined ? 'any' : (names[schema.type] ?? schema.type);
}
