import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { preflightRules } from '../../src/inventory/rules/preflight.js';
import { specSchema } from '../../src/inventory/spec-schema.js';
import { isCheckName } from '../../src/preflight/names.js';

function findings(...ignore: string[]): string[] {
  const hosts = [{ name: 'c1', address: '10.0.0.1', roles: ['control-plane'] }];
  const spec = specSchema.parse({ hosts, preflight: { ignore } });
  return preflightRules
    .flatMap(({ check }) => check(spec))
    .map(({ path, suggestion }) => `${String(path.at(-1))} ${suggestion ?? ''}`);
}

test('names of checks that are none are refused, with the one that was meant', () => {
  expect(findings('memory', 'all', 'port-6443', 'reach-8472-udp', 'kernel-br_netfilter', 'apt-lock')).toEqual([]);
  expect(findings('cpu', 'memry', 'prot-6443', 'leftover-link', 'sommething')).toEqual([
    '1 memory',
    '2 port-6443',
    '3 leftover-links',
    '4 ',
  ]);
});

test('every check is known by its name', () => {
  const folder = new URL('../../src/preflight', import.meta.url).pathname;
  const named = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/\bname: '([a-z][a-z-]*)'/g)])
    .map(([, name = '']) => name)
    // A module, of the check kernel-overlay.
    .filter((name) => name !== 'overlay');
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !isCheckName(name))).toEqual([]);
});
