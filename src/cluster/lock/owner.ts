import { hostname } from 'node:os';
import { KinitError, type ErrorContext } from '../../model/error.js';
import { userName } from '../../model/text/user-name.js';
import { processSpace } from './process-space.js';

/** Who holds the lock, for the next one to read. */
export interface LockOwner {
  /** user@machine */
  readonly operator: string;
  readonly pid: number;
  readonly command: string;
  /** RFC 3339, by the operator's clock. */
  readonly started: string;
  /** Where the pid means something (see process-space.ts). */
  readonly processSpace: string;
}

/** @param command what it was asked for: init, reset */
export function thisProcess(command: string): LockOwner {
  return {
    operator: `${userName()}@${hostname()}`,
    pid: process.pid,
    command,
    started: new Date().toISOString(),
    processSpace: processSpace(),
  };
}

/** In words: 'anna@laptop, process 4711, command "init", started 2026-05-01T10:00:00Z'. */
export function ownerText({
  operator = 'unknown',
  pid,
  command = 'unknown',
  started = 'unknown',
}: Partial<LockOwner>): string {
  return `${operator}, process ${pid ?? 'unknown'}, command "${command}", started ${started}`;
}

export function otherAtWork({ operator = 'unknown', command = 'unknown' }: Partial<LockOwner>): string {
  return `another kinit is at work on this cluster: ${operator} runs "${command}"`;
}

/** The failure of a run that meets another one. */
export function heldByOther(owner: Partial<LockOwner>, context: Omit<ErrorContext, 'class'>): KinitError {
  return new KinitError(otherAtWork(owner), { class: 'locked', ...context });
}

/** What can be read of it: it may have been written by another version. */
export function parseOwner(text: string): Partial<LockOwner> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** In words. @param seconds */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
