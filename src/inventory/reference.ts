import { inventoryOptions, isSection, type JsonSchema, type Option } from './schema.js';

/** docs/inventory.md: every option of the inventory, from the schema. scripts/docs.js writes it. */
export function inventoryReference(): string {
  const options = inventoryOptions();
  const holders = options.filter(isSection);
  const top = options.filter((option) => !option.path.includes('.') && !isSection(option));
  const sections = holders.map((holder) =>
    section(
      holder,
      options.filter((option) => parentOf(option.path) === innerPath(holder)),
    ),
  );
  return [HEAD, '## At the top', '', ...table(top), '', ...sections.flat()].join('\n').trimEnd() + '\n';
}

const HEAD = `<!-- Made from the schema (src/model/spec.ts) by scripts/docs.js. Change the schema, not this file. -->
# The inventory

One YAML file says everything: the machines, and what the cluster on them shall be. \`kinit --inventory FILE\` names it.
[inventory.example.yaml](../inventory.example.yaml) shows every option in place.

- Only \`hosts\` is required. What is left out has the default below.
- Unknown keys are errors; \`kinit inventory check\` lists everything that is wrong, with line and column.
- Relative paths start from the folder of the inventory; \`~\` is your home folder.
- \`kinit inventory schema > inventory.schema.json\` gives a JSON Schema. With
  \`# yaml-language-server: $schema=inventory.schema.json\` as first line, editors complete and check the file.
- Later, once there is a cluster: \`free\` options are changed by \`kinit init\`; \`moved\` ones only in the way that is said beside them;
  \`fixed\` ones stay as they are. \`plan\`, \`init\`, \`join\` and \`apply\` refuse anything else before a host is touched, with the value
  that the cluster has and the one that the inventory has.
`;

function section(holder: Option, options: readonly Option[]): string[] {
  const description = holder.schema.description;
  return [`## ${holder.path}`, '', ...(description === undefined ? [] : [description, '']), ...table(options), ''];
}

function table(options: readonly Option[]): string[] {
  const rows = options.map(
    (option) =>
      `| ${[`\`${nameOf(option.path)}\``, typeOf(option.schema), defaultOf(option), allowedOf(option.schema), changeOf(option), descriptionOf(option)].map(cell).join(' | ')} |`,
  );
  return [
    '| Option | Type | Default | Allowed | Later | What it does |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

function descriptionOf(option: Option): string {
  const { schema, path } = option;
  const description = schema.description ?? '';
  if (isSection(option)) return `${description} See [${path}](#${anchor(path)}).`.trim();
  const { 'x-change-why': why, 'x-change-way': way, 'x-change-fixed-keys': keys } = schema;
  const sentences = [
    description,
    ...(why === undefined ? [] : [`${schema['x-change'] === 'fixed' ? 'Fixed' : 'Moved'}: ${why}.`]),
    ...(way === undefined ? [] : [way]),
    ...Object.entries(keys ?? {}).map(([key, reason]) => `\`${key}\` is fixed: ${reason}.`),
  ];
  return sentences.join(' ');
}

/** Whether it may be changed once there is a cluster. */
function changeOf(option: Option): string {
  return isSection(option) ? '' : (option.schema['x-change'] ?? '');
}

function defaultOf(option: Option): string {
  if (option.required) return 'required';
  const value = option.schema.default;
  if (isSection(option) || value === undefined) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function allowedOf(schema: JsonSchema): string {
  const of = schema.type === 'array' && schema.items?.properties === undefined ? (schema.items ?? {}) : schema;
  const choice = of.anyOf?.find(({ enum: values }) => values !== undefined);
  if (choice !== undefined) return allowedOf(choice);
  if (of.enum !== undefined) return of.enum.map((value) => `\`${String(value)}\``).join(', ');
  const formats: Readonly<Record<string, string>> = { cidrv4: 'IPv4 network', uri: 'http or https URL' };
  const format = of.format === undefined ? undefined : formats[of.format];
  if (format !== undefined) return format;
  if (of.anyOf?.some((one) => one.format === 'ipv4') === true) return 'IP address';
  const bounded = of.maximum !== undefined && of.maximum < Number.MAX_SAFE_INTEGER;
  if (of.minimum !== undefined)
    return bounded ? `${String(of.minimum)} to ${String(of.maximum)}` : `${String(of.minimum)} or more`;
  if (of.exclusiveMinimum === undefined) return '';
  return `more than ${String(of.exclusiveMinimum)}${bounded ? ` up to ${String(of.maximum)}` : ''}`;
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (typeof schema.type === 'object') return schema.type.map((type) => typeOf({ type })).join(' or ');
  if (schema.type === 'array')
    return `list of ${schema.items?.properties === undefined ? typeOf(schema.items ?? {}) : 'sections'}`;
  if (schema.type === 'object')
    return schema.properties === undefined
      ? `map of ${typeof schema.additionalProperties === 'object' && schema.additionalProperties.type !== undefined ? typeOf(schema.additionalProperties) : 'any YAML'}`
      : 'section';
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
  };
  return schema.type === undefined ? 'any YAML' : (names[schema.type] ?? schema.type);
}

function innerPath(holder: Option): string {
  return holder.schema.properties === undefined ? `${holder.path}[]` : holder.path;
}

function parentOf(path: string): string {
  return path.split('.').slice(0, -1).join('.');
}

function nameOf(path: string): string {
  return path.split('.').at(-1) ?? path;
}

/** As GitHub makes it from a heading: lower case, punctuation dropped. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9-]/g, '');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
