import { z } from 'zod';
import type { KubeObject } from '../model/api.js';
import { NODE_BOOTSTRAP_GROUP } from '../pki/index.js';
import { toObjects } from './objects.js';
import { template } from './template.js';

const rbac = template(new URL('./rbac.hbs', import.meta.url), z.strictObject({ bootstrapGroup: z.string() }));

/** Roles and bindings that `kubeadm init` makes: administrators, joining nodes, who may read which ConfigMap. */
export function rbacObjects(): KubeObject[] {
  return toObjects(rbac({ bootstrapGroup: NODE_BOOTSTRAP_GROUP }));
}
