import type { Phase } from '../../model/phase.js';
import * as resource from '../../resources/index.js';

export const selinux: Phase = {
  id: 'selinux',
  title: 'SELinux mode',
  appliesTo: ({ spec, node }) => spec.selinux !== 'keep' && node.facts.selinux !== 'absent',
  resources: ({ spec }) => (spec.selinux === 'keep' ? [] : [resource.selinux({ mode: spec.selinux })]),
};
