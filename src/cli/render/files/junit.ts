import { defined } from '../../../model/defined.js';
import { clean } from '../../terminal/clean.js';
import type { Failure } from '../../errors.js';
import type { RunRecord } from '../record.js';
import { checkLine } from '../text.js';

export interface JunitOptions {
  readonly command: string;
  /** Seconds. */
  readonly seconds: number;
  /** What ended the command, where it failed. */
  readonly failure?: Failure;
  /** A change that is planned counts as a failure (plan --exit-code: the hosts have drifted). */
  readonly changesFail: boolean;
}

interface Case {
  readonly name: string;
  readonly group: string;
  readonly seconds: number;
  readonly kind: 'passed' | 'failure' | 'skipped';
  readonly message?: string;
  readonly text?: string;
}

/** A JUnit report: one suite a host, its preflight checks and phases as test cases. */
export function renderJunit(record: RunRecord, options: JunitOptions): string {
  const hosts = record.started?.hosts ?? [];
  const suites = hosts.map((host) => ({
    name: host,
    cases: [...checkCases(record, host), ...phaseCases(record, host, options)],
  }));
  const { failure } = options;
  const told = failure === undefined || record.failures.some(({ message }) => message === failure.message);
  const run: Case[] = told
    ? []
    : [{ name: options.command, group: 'run', seconds: 0, kind: 'failure', ...messageOf(failure, []) }];
  const all = [...(run.length === 0 ? [] : [{ name: 'run', cases: run }]), ...suites];
  const cases = all.flatMap((suite) => suite.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escape(`kinit ${options.command}`)}" ${counts(cases)} time="${options.seconds.toFixed(3)}">`,
    ...all.flatMap((suite) => [
      `  <testsuite name="${escape(suite.name)}" ${counts(suite.cases)} time="${sum(suite.cases).toFixed(3)}">`,
      ...suite.cases.map((one) => renderCase(one)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function checkCases({ checks }: RunRecord, host: string): Case[] {
  const kinds = { ok: 'passed', warning: 'passed', error: 'failure', ignored: 'skipped' } as const;
  return checks
    .filter((entry) => entry.host === host)
    .map(({ check }) => ({
      name: check.name,
      group: `${host}.preflight`,
      seconds: 0,
      kind: kinds[check.status],
      message: checkLine(check),
      ...defined({ text: check.hint }),
    }));
}

function phaseCases(record: RunRecord, host: string, { changesFail }: JunitOptions): Case[] {
  const failure = record.failures.find(({ error }) => error.host === host && error.phase !== 'preflight');
  const done = record.phases.filter((phase) => phase.host === host);
  const changesIn = (phase: string): string[] =>
    record.changes
      .filter((entry) => entry.host === host && entry.phase === phase)
      .map(({ change }) => `${change.summary} (${change.reason})`);
  const cases = done.map(({ phase, seconds, changes, reason }): Case => {
    const mine = changesIn(phase);
    const drifted = changesFail && changes > 0;
    return {
      name: phase,
      group: host,
      seconds,
      kind: drifted ? 'failure' : 'passed',
      ...(drifted ? { message: `${String(changes)} to change` } : {}),
      text: mine.join('\n') || (reason ?? ''),
    };
  });
  if (failure === undefined) return cases;
  const place = failure.error.phase ?? 'run';
  const phases = record.started?.phases ?? [];
  const reached = new Set([...done.map(({ phase }) => phase), place]);
  const left = phases.slice(phases.findIndex(({ id }) => id === place) + 1).filter(({ id }) => !reached.has(id));
  return [
    ...cases,
    { name: place, group: host, seconds: 0, kind: 'failure', ...messageOf(failure, changesIn(place)) },
    ...left.map(
      ({ id }): Case => ({
        name: id,
        group: host,
        seconds: 0,
        kind: 'skipped',
        message: `not reached: ${place} failed`,
      }),
    ),
  ];
}

function messageOf({ message, error }: Failure, made: readonly string[]): { message: string; text: string } {
  const lines = [
    ['tried', error.tried],
    ['found', error.found],
    ['next', error.hint],
    ['changed before', made.length === 0 ? undefined : made.join('\n')],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name ?? ''}: ${value}`]));
  return { message, text: lines.join('\n') };
}

function renderCase({ name, group, seconds, kind, message = '', text = '' }: Case): string {
  const head = `    <testcase classname="${escape(`kinit.${group}`)}" name="${escape(name)}" time="${seconds.toFixed(3)}"`;
  if (kind === 'failure') return `${head}><failure message="${escape(message)}">${escape(text)}</failure></testcase>`;
  if (kind === 'skipped') return `${head}><skipped message="${escape(message)}"/></testcase>`;
  const said = [message, text].filter((part) => part !== '').join('\n');
  return said === '' ? `${head}/>` : `${head}><system-out>${escape(said)}</system-out></testcase>`;
}

function counts(cases: readonly Case[]): string {
  const of = (kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
  return `tests="${String(cases.length)}" failures="${String(of('failure'))}" errors="0" skipped="${String(of('skipped'))}"`;
}

function sum(cases: readonly Case[]): number {
  return cases.reduce((total, { seconds }) => total + seconds, 0);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Control characters have no place in XML 1.0, not even escaped. */
function escape(text: string): string {
  return clean(text)
    .replaceAll(/[&<>"\n]/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/[\ud800-\udfff\ufffe\uffff]/gu, '');
}
