import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const modules = async (file: string): Promise<string[]> => {
  const text = await readFile(new URL(`../../../components/embedded/${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^\t(\S+) (v\S+)$/gm)].map(([, name = '', version = '']) => `${name} ${version}`);
};

test('the datastores in the servers of all versions are the same: what the one has written, the other reads, also on the way back', async () => {
  const stores = /^(go\.etcd\.io\/etcd\/server\/v3|github\.com\/k3s-io\/kine|modernc\.org\/sqlite) /;
  const [later, ...earlier] = await Promise.all(['go.mod', 'go-1.36.2.mod', 'go-1.35.mod'].map(modules));
  const storesOf = (all: readonly string[] = []): readonly string[] => all.filter((each) => stores.test(each)).sort();
  expect(storesOf(later)).toHaveLength(3);
  for (const each of earlier) expect(storesOf(each)).toEqual(storesOf(later));
});
