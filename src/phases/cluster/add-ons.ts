import { type AddOn, addOns } from '../../add-ons/index.js';
import type { Phase } from '../../model/phase.js';
import { networkOf } from '../../network/index.js';
import { absentObject, object } from '../../resources/index.js';
import { withTrust } from './trust.js';

const network: Phase = {
  ...applied('network', 'Pod network', (context) => networkOf(context.spec).objects(context)),
  appliesTo: ({ node, leader, spec }) => node === leader && networkOf(spec).unproved === undefined,
};

/** What is put into the cluster through the API: the pod network after the add-ons that do without, before those that need it. */
export const addOnPhases: readonly Phase[] = [...needing('api'), network, ...needing('pod-network')];

function needing(what: AddOn['needs']): Phase[] {
  return addOns
    .filter(({ needs }) => needs === what)
    .map(({ id, title, objects, absent, trials }) => ({
      ...applied(id, title, objects, absent),
      ...(trials === undefined ? {} : { takesSettings: true as const }),
    }));
}

function applied(id: string, title: string, objects: AddOn['objects'], absent?: AddOn['absent']): Phase {
  return {
    id,
    title,
    appliesTo: ({ node, leader }) => node === leader,
    after: ['control-plane', 'through-balancer'],
    resources: (context) => [
      ...objects(context).map((wanted) => object({ object: withTrust(wanted, context) })),
      ...(absent?.(context) ?? []).map(absentObject),
    ],
  };
}
