import { expect, test } from 'vitest';
import { grubWords } from '../../../../src/lab/drivers/uml/boot-loader.js';

test('what /etc/default/grub gives the kernel are the words of GRUB_CMDLINE_LINUX, quoted in any way or not at all', () => {
  const text = 'GRUB_TIMEOUT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="security=selinux  selinux=1"\n';
  expect(grubWords(text)).toEqual(['security=selinux', 'selinux=1']);
  expect(grubWords("GRUB_CMDLINE_LINUX='ipv6.disable=1'\n")).toEqual(['ipv6.disable=1']);
  expect(grubWords('GRUB_CMDLINE_LINUX=ipv6.disable=1')).toEqual(['ipv6.disable=1']);
});

test('a host without that file, or with none there, gives none', () => {
  expect(grubWords('')).toEqual([]);
  expect(grubWords('GRUB_CMDLINE_LINUX=""\n')).toEqual([]);
});
