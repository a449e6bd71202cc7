import { z } from 'zod';
import { free } from '../../model/spec/marks.js';
import type { Spec } from '../../model/spec.js';

/** What flannel asks in the inventory's `network` section. */
export const flannelShape = {
  flannelBackend: z
    .enum(['vxlan', 'host-gw'])
    .default('vxlan')
    .describe('host-gw needs all hosts in one layer-2 network.')
    .meta(free),
};

export type FlannelOptions = z.output<z.ZodObject<typeof flannelShape>>;

/** flannel's own options of an inventory that went through the schema, which is where they were checked. */
export function flannelOptions(spec: Spec): FlannelOptions {
  return spec.network as Spec['network'] & FlannelOptions;
}
