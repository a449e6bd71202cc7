import type { Phase } from '../../model/phase.js';
import { swapOff } from '../../resources/index.js';

/** The kubelet refuses to start with swap on, unless told otherwise (failSwapOn). */
export const swap: Phase = {
  id: 'swap',
  title: 'Swap off, now and after reboot',
  appliesTo: ({ spec }) => spec.swap === 'off',
  resources: () => [swapOff()],
};
