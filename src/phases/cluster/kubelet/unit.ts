import { z } from 'zod';
import { HOST_PROXY_FILE } from '../../../add-ons/index.js';
import { controlPlaneOf } from '../../../control-plane/index.js';
import type { Spec } from '../../../model/spec.js';
import { runtimeOf } from '../../../runtime/index.js';
import { template } from '../../../templates/template.js';

const KUBELET = '/usr/local/bin/kubelet';

const unit = template(
  new URL('./unit.hbs', import.meta.url),
  z.strictObject({ command: z.string(), runtime: z.string() }),
);
const dropIn = template(new URL('./drop-in.hbs', import.meta.url), z.strictObject({ command: z.string() }));

/** kubelet.service, as the official packages have it; it starts behind the container runtime. */
export function kubeletUnit(spec: Spec): string {
  const units = runtimeOf(spec).units.map((name) => `${name}.service`);
  return unit({ command: commandOf(spec), runtime: units.join(' ') });
}

/** 10-kubeadm.conf, as the official packages have it; it reads what both families' packages read. */
export function kubeletDropIn(spec: Spec): string {
  return dropIn({ command: commandOf(spec) });
}

/** Up to the kubelet's flags. */
function commandOf(spec: Spec): string {
  return controlPlaneOf(spec).nodeAgent?.command(spec, HOST_PROXY_FILE) ?? KUBELET;
}
