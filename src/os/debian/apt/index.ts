import { shellScript } from '../../../shell/script.js';
import type { PackageManager } from '../../packages/package-manager.js';

export const apt: PackageManager = {
  id: 'apt',
  format: 'deb',
  title: 'apt and dpkg',
  folders: ['/var/lib/dpkg', '/var/lib/apt', '/var/cache/apt'],
  cacheFolder: '/var/cache/apt',
  observe: shellScript('./observe.sh', import.meta.url),
  candidates: shellScript('./candidates.sh', import.meta.url),
  install: shellScript('./install.sh', import.meta.url),
  refreshOne: shellScript('./refresh-one.sh', import.meta.url),
  forgetOne: shellScript('./forget-one.sh', import.meta.url),
  release: shellScript('./release.sh', import.meta.url),
  bringBack: shellScript('./bring-back.sh', import.meta.url),
  remove: shellScript('./remove.sh', import.meta.url),
  lockHolder: shellScript('./holder.sh', import.meta.url),
  waitForLock: shellScript('./wait-for-lock.sh', import.meta.url),
};
