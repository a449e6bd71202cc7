import { runLocal } from '../../../ssh/local.js';

/**
 * What the host's own /etc/default/grub gives its kernel, as a boot loader would: words of GRUB_CMDLINE_LINUX in the file system
 * `image`. None where there is no such file.
 */
export async function bootArguments(image: string): Promise<string[]> {
  const { stdout } = await runLocal('debugfs', ['-R', 'cat /etc/default/grub', image], { reject: false });
  return grubWords(stdout);
}

/** @internal Exported for its test. */
export function grubWords(text: string): string[] {
  const value = /^GRUB_CMDLINE_LINUX=(["']?)(.*)\1\s*$/m.exec(text)?.[2] ?? '';
  return value.split(/\s+/).filter((word) => word !== '');
}
