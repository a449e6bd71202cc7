import type { Phase } from '../../model/phase.js';
import * as resource from '../../resources/index.js';

export const hostname: Phase = {
  id: 'hostname',
  title: 'Host name',
  appliesTo: ({ spec }) => spec.manageHostname,
  resources: ({ node }) => [resource.hostname({ name: node.spec.name })],
};
