import { expect, test } from 'vitest';
import type { PackageMirror } from '../../../src/artifacts/mirror.js';
import { FAMILIES } from '../../../src/os/index.js';
import { repositoryAddresses, repositoryAddressesKind } from '../../../src/os/repositories/addresses/index.js';
import { change, look, SHELLS, must, undoTexts, withFolder } from '../../resources/sh.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [debian, redhat] = FAMILIES.map(({ repositories }) => repositories);

const BASE = [
  '[base]',
  'mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os&infra=$infra',
  '#baseurl=http://mirror.centos.org/centos/$releasever/os/$basearch/',
  'gpgcheck=1',
].join('\n');
const ROCKY = [
  'mirrorlist=https://mirrors.rockylinux.org/mirrorlist?arch=$basearch&repo=BaseOS-$releasever$rltype',
  '#baseurl=http://dl.rockylinux.org/$contentdir/$releasever/BaseOS/$basearch/os/',
].join('\n');

interface Case {
  readonly what: string;
  readonly format: typeof debian;
  readonly mirror: PackageMirror;
  readonly names: readonly string[];
  readonly before: string;
  readonly after: RegExp;
}

const CASES: readonly Case[] = [
  {
    what: 'Debian: official hosts, with paths and schemes as they are',
    format: debian,
    mirror: 'aliyun',
    names: [],
    before:
      'deb http://deb.debian.org/debian bookworm main\ndeb https://security.debian.org/debian-security bookworm-security main',
    after:
      /^deb http:\/\/mirrors\.aliyun\.com\/debian bookworm main\ndeb https:\/\/mirrors\.aliyun\.com\/debian-security /,
  },
  {
    what: 'CentOS 7: the archive, where the inventory names it',
    format: redhat,
    mirror: 'none',
    names: ['centos-vault'],
    before: BASE,
    after: /\n#mirrorlist=http:[^\n]*\nbaseurl=http:\/\/vault\.centos\.org\/7\.9\.2009\/os\/\$basearch\/\n/,
  },
  {
    what: 'CentOS 7: the archive of the mirror',
    format: redhat,
    mirror: 'aliyun',
    names: [],
    before: BASE,
    after: /\nbaseurl=http:\/\/mirrors\.aliyun\.com\/centos-vault\/7\.9\.2009\/os\/\$basearch\/\n/,
  },
  {
    what: 'Rocky Linux: list off, address of the mirror on',
    format: redhat,
    mirror: 'aliyun',
    names: [],
    before: ROCKY,
    after: /^#mirrorlist=https:[^\n]*\nbaseurl=http:\/\/mirrors\.aliyun\.com\/rockylinux\/\$releasever\/BaseOS/,
  },
];

for (const shell of SHELLS) {
  test.each(CASES)(`${shell}: $what; once, and back to the byte`, ({ format, mirror, names, before, after }) => {
    withFolder((folder, saved) => {
      const file = join(folder, 'sources.list');
      const own = join(folder, 'kinit-site.list');
      writeFileSync(file, `${before}\n`);
      writeFileSync(own, `${before}\n`);
      const resource = repositoryAddresses(format?.exchanges(mirror, names) ?? [], [join(folder, '*.list')]);
      const seen = look(shell, repositoryAddressesKind, resource);
      expect(seen.files).toEqual([file]);
      const { restore } = undoTexts(repositoryAddressesKind, resource, seen);
      change(shell, repositoryAddressesKind, resource, saved);
      expect(readFileSync(file, 'utf8')).toMatch(after);
      expect(readFileSync(own, 'utf8')).toBe(`${before}\n`);
      expect(look(shell, repositoryAddressesKind, resource).files).toEqual([]);
      must(shell, restore, { D: saved });
      expect(readFileSync(file, 'utf8')).toBe(`${before}\n`);
    });
  });
}

test('an inventory that says nothing exchanges nothing', () => {
  expect(FAMILIES.flatMap(({ repositories }) => repositories.exchanges('none', ['docker-ce']))).toEqual([]);
});
