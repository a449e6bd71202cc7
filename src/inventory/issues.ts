import type { z } from 'zod';
import { defined } from '../model/defined.js';
import { nearest } from './nearest.js';
import type { Finding, Path } from './problem.js';
import { formatPath } from './problem.js';
import { inventoryOptions, schemaAt } from './schema.js';
import { valueAt } from './value-at.js';

type Issue = z.core.$ZodIssue;

/** What zod found, in the words of a person who writes YAML. */
export function findingsOf(issues: readonly Issue[], data: unknown): Finding[] {
  const findings = issues.flatMap((issue) => findingOf(issue, data));
  // 'adress' already says that address is missing.
  return findings.filter(
    (finding) =>
      !(
        finding.found === MISSING &&
        findings.some(
          (other) =>
            other.atKey === true && other.suggestion === finding.path.at(-1) && sameParent(other.path, finding.path),
        )
      ),
  );
}

const MISSING = 'no such key';

function findingOf(issue: Issue, data: unknown): Finding[] {
  const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
  const value = valueAt(data, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key));
    case 'invalid_value':
      return [notAllowed(path, value, issue.values.map(String))];
    case 'invalid_type':
      return [
        issue.message.startsWith('Invalid input') || value === undefined
          ? wrongType(path, value, issue.expected)
          : { path, message: issue.message },
      ];
    case 'invalid_union':
      return [
        value === undefined
          ? missing(path)
          : { path, message: issue.message === 'Invalid input' ? 'not a value that can stand here' : issue.message },
      ];
    case 'too_small':
    case 'too_big':
      return [{ path, message: sizeMessage(issue) }];
    case 'invalid_format':
      return [{ path, message: issue.message, ...suggestLabel(value, issue) }];
    default:
      return [{ path, message: issue.message }];
  }
}

function unknownKey(parent: Path, key: string): Finding {
  const keys = Object.keys(schemaAt(parent)?.properties ?? {});
  const suggestion = nearest(key, keys) ?? elsewhere(key);
  return {
    path: [...parent, key],
    atKey: true,
    found: `the key ${JSON.stringify(key)}`,
    message: 'there is no such option here',
    allowed: keys.join(', '),
    ...defined({ suggestion }),
  };
}

/** The right key in the wrong section, with its full path. */
function elsewhere(key: string): string | undefined {
  return inventoryOptions().find((option) => option.path.split('.').at(-1)?.toLowerCase() === key.toLowerCase())?.path;
}

function notAllowed(path: Path, value: unknown, allowed: readonly string[]): Finding {
  if (value === undefined) return missing(path);
  const suggestion = typeof value === 'string' ? nearest(value, allowed) : undefined;
  return {
    path,
    message: 'not one of the values that can stand here',
    allowed: allowed.join(', '),
    ...defined({ suggestion }),
  };
}

function wrongType(path: Path, value: unknown, expected: string): Finding {
  if (value === undefined) return missing(path);
  const where = schemaAt(path);
  if (value === null) return { path, message: `must be ${typeName(expected)}${withoutIt(path)}` };
  if (expected === 'string' && where?.enum === undefined && (typeof value === 'number' || typeof value === 'boolean'))
    return { path, message: 'must be text: put it in quotes' };
  // Strings where a number or truth value is wanted are nearly always quotes too many.
  const unquoted =
    typeof value === 'string' &&
    ['number', 'int', 'boolean'].includes(expected) &&
    /^(\d+(\.\d+)?|true|false)$/.test(value);
  return { path, message: `must be ${typeName(expected)}${unquoted ? ': leave out the quotes' : ''}` };
}

/** What leaving the key out does, where that is a way. */
function withoutIt(path: Path): string {
  const key = path.at(-1);
  if (typeof key !== 'string' || schemaAt(path.slice(0, -1))?.required?.includes(key) === true) return '';
  const { default: usual } = schemaAt(path) ?? {};
  return usual === undefined ? '; or leave the key out' : '; leave the key out for the default';
}

function missing(path: Path): Finding {
  const description = schemaAt(path)?.description;
  return {
    path,
    found: MISSING,
    message: `${formatPath(path.slice(-1))} is required${description === undefined ? '' : `: ${description}`}`,
  };
}

function sizeMessage(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (!/^Too (small|big)/.test(issue.message)) return issue.message;
  const bound = String(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  if (issue.origin === 'array') return `must have at least ${bound} ${bound === '1' ? 'entry' : 'entries'}`;
  if (issue.origin === 'string')
    return issue.code === 'too_small' ? 'must not be empty' : `must have at most ${bound} letters`;
  if (issue.code === 'too_big') return `must be at most ${bound}`;
  return issue.inclusive === false ? `must be more than ${bound}` : `must be at least ${bound}`;
}

/** 'Node_1' for a DNS label: 'node-1'. */
function suggestLabel(value: unknown, issue: Issue): Pick<Finding, 'suggestion'> {
  if (typeof value !== 'string' || !issue.message.includes('DNS label')) return {};
  const suggestion = value
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return suggestion === '' ? {} : { suggestion };
}

function typeName(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    object: 'a section (key: value)',
    record: 'a section (key: value)',
    array: 'a list',
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return names[expected] ?? expected;
}

function sameParent(one: Path, other: Path): boolean {
  return formatPath(one.slice(0, -1)) === formatPath(other.slice(0, -1));
}
