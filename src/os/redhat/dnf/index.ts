import { shellScript } from '../../../shell/script.js';
import type { PackageManager } from '../../packages/package-manager.js';

/** dnf, or yum where there is no dnf (release 7). */
export const dnf: PackageManager = {
  id: 'dnf',
  format: 'rpm',
  title: 'dnf, yum and rpm',
  folders: ['/var/lib/rpm', '/var/lib/dnf', '/var/cache/dnf', '/var/lib/yum', '/var/cache/yum'],
  cacheFolder: '/var/cache',
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
