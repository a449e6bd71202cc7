import { sh, shellScript } from '../../../shell/script.js';
import type { FamilyKernels, KernelUpgrade } from '../../kernel/kernel-upgrade.js';

const INSTALL = shellScript('./install.sh', import.meta.url);

/** The image package of a release bears its name; others (linux-image-amd64) only stand for one. */
const IMAGE_OF = /^linux-image-(\d.*)$/;

const backports: KernelUpgrade = {
  id: 'backports',
  brings: ({ package: name }) => `${name ?? 'the kernel of its flavour'} from Debian's backports`,
  needs: [],
  unfit: ({ os }) => (os.id === 'debian' ? undefined : `${os.prettyName} has no kernels in its backports`),
  install: ({ package: name = '' }, exported) => sh(INSTALL, { args: [name, 'backports'], exported }),
};

const named: KernelUpgrade = {
  id: 'package',
  brings: ({ package: name = '' }) => name,
  needs: ['package'],
  release: ({ package: name = '' }) => {
    const release = IMAGE_OF.exec(name)?.[1];
    // linux-image-6.12-amd64 stands for the latest 6.12 there is.
    return release === undefined || /^\d+\.\d+-[a-z]/.test(release) ? undefined : release;
  },
  install: ({ package: name = '' }, exported) => sh(INSTALL, { args: [name, ''], exported }),
};

/** Kernels of the distribution, booted by GRUB. */
export const kernels: FamilyKernels = {
  upgrades: [backports, named],
  bootLoader: {
    hold: shellScript('./hold.sh', import.meta.url),
    once: shellScript('./once.sh', import.meta.url),
    keep: shellScript('./keep.sh', import.meta.url),
  },
};
