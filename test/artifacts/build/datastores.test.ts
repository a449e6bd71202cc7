import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const modules = async (file: string): Promise<string[]> => {
  const text = await readFile(new URL(`../../../components/embedded/${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^\t(\S+) (v\S+)$/gm)].map(([, name = '', version = '']) => `${name} ${version}`);
};

test('the datastores in the servers of two minor versions are the same: what the one has written, the other reads, also on the way back', async () => {
  const stores = /^(go\.etcd\.io\/etcd\/server\/v3|github\.com\/k3s-io\/kine|modernc\.org\/sqlite) /;
  const [earlier, later] = await Promise.all(['go-1.35.mod', 'go.mod'].map(modules));
  const storesOf = (all: readonly string[] = []): readonly string[] => all.filter((each) => stores.test(each)).sort();
  expect(storesOf(later)).toHaveLength(3);
  expect(storesOf(earlier)).toEqual(storesOf(later));
});
