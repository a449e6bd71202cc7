import type { Phase } from '../../model/phase.js';
import { hostname as hostnameResource } from '../../resources/index.js';

export const hostname: Phase = {
  id: 'hostname',
  title: 'Host name',
  appliesTo: ({ spec }) => spec.manageHostname,
  resources: ({ node }) => [hostnameResource({ name: node.spec.name })],
};
