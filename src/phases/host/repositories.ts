import { packageMirrorOf } from '../../artifacts/mirror.js';
import type { Phase } from '../../model/phase.js';
import * as os from '../../os/index.js';

export const repositories: Phase = {
  id: 'repositories',
  title: 'Repositories of packages',
  appliesTo: ({ spec }) => os.wantedRepositories(spec).length > 0 || packageMirrorOf(spec) !== 'none',
  resources: (context) => os.repositoryResources(os.osOf(context.node.facts), context),
};
