import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS, type Ran } from '../../../resources/sh.js';

const script = (name: string): ReturnType<typeof shellScript> =>
  shellScript(`../../../../src/datastore/external-etcd/mark/${name}.sh`, import.meta.url);

let folder: string;
const at = (path: string): string => join(folder, path);

/** An etcdctl with the mark in a file, and the number of keys below the prefix in another. Where RACED is, another is first. */
const ETCDCTL = `#!/bin/sh
shift 4
[ ! -e FOLDER/silent ] || { echo 'Error: context deadline exceeded' >&2; exit 1; }
[ "$ETCDCTL_ENDPOINTS,$ETCDCTL_CACERT" = "https://a:2379,https://b:2379,FOLDER/ca" ] || exit 9
case "$*" in
  'get /registry/kinit-cluster --print-value-only') cat FOLDER/mark 2> /dev/null || true ;;
  'get /registry/ --prefix --count-only -w fields') echo '"Revision" : 7'; echo "\\"Count\\" : $(cat FOLDER/keys)" ;;
  'put /registry/kinit-cluster '*) echo "$3" > FOLDER/mark ;;
  txn)
    cat > FOLDER/asked
    if [ -e FOLDER/raced ]; then echo other > FOLDER/mark; else sed -n 's/^put [^ ]* //p' FOLDER/asked > FOLDER/mark; fi ;;
  *) echo "Error: $*" >&2; exit 8 ;;
esac
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinit-mark-'));
  mkdirSync(at('bin'));
  writeFileSync(at('bin/etcdctl'), ETCDCTL.replaceAll('FOLDER', folder));
  chmodSync(at('bin/etcdctl'), 0o755);
  for (const name of ['ca', 'crt', 'key']) writeFileSync(at(name), '');
  writeFileSync(at('keys'), '0\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const way = (): string[] => [
  'https://a:2379,https://b:2379',
  at('ca'),
  at('crt'),
  at('key'),
  '/registry/kinit-cluster',
];
const PATH = (): Record<string, string> => ({ PATH: `${process.env['PATH'] ?? ''}:${at('bin')}` });

describe.each(SHELLS)('%s', (shell) => {
  const observe = (): string => run(shell, sh(script('observe'), { args: way() }), PATH()).stdout;
  const take = (begun = false): Ran =>
    run(shell, sh(script('take'), { args: [...way(), '/registry/', 'ours', begun ? 'yes' : 'no'] }), PATH());
  const mark = (): string => (existsSync(at('mark')) ? readFileSync(at('mark'), 'utf8').trim() : '');

  test('whose it is, is asked; where nobody can be, nothing is said', () => {
    expect(observe()).toBe('mark=\n');
    writeFileSync(at('mark'), 'ours\n');
    expect(observe()).toBe('mark=ours\n');
    writeFileSync(at('silent'), '');
    expect(observe()).toBe('');
    rmSync(at('silent'));
    rmSync(at('key'));
    expect(observe()).toBe('');
  });

  test('what is empty is taken, once', () => {
    expect(take()).toMatchObject({ code: 0, stderr: '' });
    expect(mark()).toBe('ours');
    expect(readFileSync(at('asked'), 'utf8')).toMatch(/^ver\("\/registry\/kinit-cluster"\) = "0"\n\nput /);
    writeFileSync(at('keys'), '900\n');
    rmSync(at('asked'));
    expect(take()).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(at('asked'))).toBe(false);
  });

  test('what is another cluster’s is refused, marked or not, and left as it is', () => {
    writeFileSync(at('mark'), 'theirs\n');
    expect(take()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /another cluster \(its mark is theirs, that of this one ours\)[^]*datastoreServer\.prefix/,
      ) as string,
    });
    expect(mark()).toBe('theirs');
    rmSync(at('mark'));
    writeFileSync(at('keys'), '42\n');
    expect(take()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/42 keys of a cluster that kinit did not make/) as string,
    });
    expect(mark()).toBe('');
  });

  test('another that is first keeps it', () => {
    writeFileSync(at('raced'), '');
    expect(take()).toMatchObject({ code: 1, stderr: expect.stringContaining('belongs to another cluster') as string });
  });

  test('a cluster that runs on it marks it anew, or for the first time', () => {
    writeFileSync(at('keys'), '42\n');
    expect(take(true)).toMatchObject({ code: 0 });
    expect(mark()).toBe('ours');
    writeFileSync(at('mark'), 'earlier\n');
    expect(take(true)).toMatchObject({ code: 0 });
    expect(mark()).toBe('ours');
  });

  test('one that does not answer ends it with that word', () => {
    writeFileSync(at('silent'), '');
    expect(take()).toMatchObject({
      code: 1,
      stderr: 'Error: etcd at https://a:2379,https://b:2379: context deadline exceeded\n',
    });
  });
});
