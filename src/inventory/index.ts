import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { withBalancer, withDatastore, withVirtualAddress } from '../control-plane/index.js';
import { KinitError } from '../model/error.js';
import type { LoadedInventory, Spec } from '../model/spec.js';
import { type InventoryDocument, parseInventory } from './document.js';
import { unfitAuthorities } from './authorities.js';
import { missingFiles, resolvePaths } from './files.js';
import { unfitCertificates } from './certificates.js';
import { findingsOf } from './issues.js';
import { type Finding, formatProblem, type InventoryProblem, type Path } from './problem.js';
import { unfitRepositoryKeys } from './repository-keys.js';
import { rules } from './rules/index.js';
import { salvage, touches, withoutStandIns } from './salvage.js';
import { specSchema } from './spec-schema.js';

export { checkHostNames } from './host-names.js';
export { formatProblem, type InventoryProblem } from './problem.js';
export { inventorySchema } from './schema.js';

/** Reads, defaults and checks an inventory. Throws one KinitError of class 'inventory' that lists every problem. */
export async function loadInventory(file: string): Promise<LoadedInventory> {
  const { spec, problems } = await examine(file);
  if (spec !== undefined && problems.length === 0) return { spec, file: resolve(file) };
  const count = problems.length === 1 ? 'a problem' : `${String(problems.length)} problems`;
  throw new KinitError(`The inventory ${file} has ${count}`, {
    class: 'inventory',
    tried: `read and check ${file}`,
    found: problems.map((problem) => formatProblem(file, problem)).join('\n'),
    hint: 'No host was touched. Correct the file and run again; docs/inventory.md and inventory.example.yaml show every option.',
  });
}

/** Every problem of an inventory, in the order of its lines; none when it is good. Throws when the file cannot be read. */
export async function checkInventory(file: string): Promise<readonly InventoryProblem[]> {
  return (await examine(file)).problems;
}

interface Examined {
  /** Complete only when there are no problems. */
  readonly spec: Spec | undefined;
  readonly problems: readonly InventoryProblem[];
}

async function examine(file: string): Promise<Examined> {
  const document = parseInventory(await readText(file));
  if (document.problems.length > 0) return { spec: undefined, problems: document.problems };
  if (document.data === null || document.data === undefined) {
    return {
      spec: undefined,
      problems: [
        {
          line: 1,
          column: 1,
          path: '',
          found: 'an empty file',
          message: 'an inventory needs at least hosts: with one entry; inventory.example.yaml shows all',
        },
      ],
    };
  }
  const parsed = specSchema.safeParse(document.data);
  const issues = parsed.success ? [] : parsed.error.issues;
  const own = findingsOf(issues, document.data);
  const wrong = issues.flatMap(({ path, ...issue }): Path[] => {
    const plain = path.filter((part) => typeof part !== 'symbol');
    return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...plain, key]) : [plain];
  });
  const written = parsed.success ? parsed.data : salvage(document.data, wrong);
  if (written === undefined) return { spec: undefined, problems: placed(own, document) };
  // Rules that ask for the datastore mean the one that will run.
  const spec = withBalancer(withVirtualAddress(withDatastore(written)));
  const resolved = resolvePaths(spec, resolve(file));
  const doubtful = [...wrong, ...own.map(meantPath)].filter((path) => path.length > 0);
  const across = rules
    .filter((rule) => !rule.reads.some((option) => doubtful.some((path) => touches(path, option))))
    .flatMap((rule) => rule.check(spec))
    .map((finding) => ({ ...finding, message: withoutStandIns(finding.message) }));
  const missing = await missingFiles(resolved);
  const unfit = (
    await Promise.all([unfitAuthorities, unfitRepositoryKeys, unfitCertificates].map((look) => look(resolved, missing)))
  ).flat();
  return { spec: resolved, problems: placed([...own, ...across, ...missing, ...unfit], document) };
}

/** A key that nobody knows was meant as the one suggested, or may be any of its neighbours. */
function meantPath({ path, atKey, suggestion }: Finding): Path {
  if (atKey !== true) return path;
  if (suggestion === undefined) return path.slice(0, -1);
  return suggestion.includes('.') ? suggestion.replaceAll('[]', '').split('.') : [...path.slice(0, -1), suggestion];
}

function placed(findings: readonly Finding[], document: InventoryDocument): InventoryProblem[] {
  return findings.map(document.locate).sort((one, other) => one.line - other.line || one.column - other.column);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    const absent = code === 'ENOENT' || code === 'ENOTDIR';
    throw new KinitError(absent ? `There is no inventory ${file}` : `The inventory ${file} cannot be read`, {
      class: 'inventory',
      tried: `read ${resolve(file)}`,
      found: code === 'EISDIR' ? 'it is a folder' : absent ? 'no such file' : (code ?? 'an unknown error'),
      hint: absent
        ? 'Copy inventory.example.yaml and put your machines into it, or make throwaway hosts with an inventory: kinit lab up. --inventory FILE names another one.'
        : 'Name a file you may read with --inventory FILE.',
      cause: thrown,
    });
  }
}
