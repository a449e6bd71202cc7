import type { CheckResult } from '../model/check.js';
import { isMember } from '../model/facts.js';
import type { Node } from '../model/phase.js';
import type { Spec } from '../model/spec.js';
import { atLeast, type Check } from './check.js';
import { CPU, DISK, diskOf, limitsFor, MEMORY, type Requirement } from './requirements.js';

export const cpu: Check = (node, { spec }) => [
  enough(CPU, node, spec, {
    value: node.facts.cpus,
    hint: node.isControlPlane
      ? 'Give the machine more processors, or make another host the control plane.'
      : 'Give the machine more processors.',
  }),
];

export const memory: Check = (node, { spec }) => [
  enough(MEMORY, node, spec, {
    value: node.facts.memoryMB,
    hint: node.isControlPlane
      ? 'Give the machine more memory, or make another host the control plane.'
      : 'Give the machine more memory.',
  }),
];

export const disk: Check = (node, { spec }) => {
  const place = diskOf(node.facts, '/var/lib');
  // A host that holds images and data already has passed this once; its space is what the user's pods left.
  if (place === undefined || isMember(node.facts)) return [];
  const hint = `Free space on the file system of ${place.path}, or put a larger one at /var/lib.`;
  return [enough(DISK, node, spec, { value: place.availableMB, hint })];
};

function enough(
  requirement: Requirement,
  { isControlPlane }: Node,
  spec: Spec,
  { value, hint }: { readonly value: number; readonly hint: string },
): CheckResult {
  const { name, title, show } = requirement;
  const limits = limitsFor(requirement, isControlPlane, spec);
  const own = (requirement.asked(spec) ?? 0) > value ? ' The inventory asks for so much (preflight.requirements).' : '';
  return atLeast({ name, title, show, value, ...limits, hint: `${hint}${own}` });
}
