import { z } from 'zod';
import type { Spec } from '../../../model/spec.js';
import { runtimeOf } from '../../../runtime/index.js';
import { template } from '../../../templates/template.js';

const BINARY = '/usr/local/bin/kubelet';

const unit = template(
  new URL('./unit.hbs', import.meta.url),
  z.strictObject({ binary: z.string(), runtime: z.string() }),
);
const dropIn = template(new URL('./drop-in.hbs', import.meta.url), z.strictObject({ binary: z.string() }));

/** kubelet.service, as the official packages have it; it starts behind the container runtime. */
export function kubeletUnit(spec: Spec): string {
  const units = runtimeOf(spec).units.map((name) => `${name}.service`);
  return unit({ binary: BINARY, runtime: units.join(' ') });
}

/** 10-kubeadm.conf, as the official packages have it; it reads what both families' packages read. */
export function kubeletDropIn(): string {
  return dropIn({ binary: BINARY });
}
