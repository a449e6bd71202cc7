import { findOs } from '../os/index.js';
import { compareVersions } from '../model/text/version.js';
import { runtimeOf, runtimePackages } from '../runtime/index.js';
import type { Check } from './check.js';

/** A runtime that comes as a package: there has to be one, and it has to be new enough. */
export const runtimePackage: Check = ({ facts }, { spec }) => {
  const { packaged, title } = runtimeOf(spec);
  const family = findOs(facts);
  if (spec.runtime.from === 'artifacts' || packaged === undefined || family === undefined) return [];
  const base = { name: 'runtime-package', title: 'Package of the container runtime' };
  const wayOut = 'Set runtime.from: docker, which takes it from the repository of Docker, or runtime.from: artifacts.';
  const packages = runtimePackages(spec, family.packages.format, facts.os.codename);
  if (packages === undefined)
    return [{ ...base, status: 'error', found: `${facts.os.prettyName} has none of ${title}`, hint: wayOut }];
  const [name] = packages.versioned;
  const candidate = facts.packageCandidates?.[name];
  const version = spec.runtime.version ?? candidate;
  // It comes from a repository that the host does not have yet.
  if (version === undefined) return [];
  const { oldest } = packaged;
  const fits = compareVersions(upstreamOf(version), oldest.version) >= 0;
  return [
    {
      ...base,
      status: fits ? 'ok' : 'error',
      found: `${name} ${version}`,
      minimum: `${oldest.version}: ${oldest.why}`,
      ...(fits ? {} : { hint: wayOut }),
    },
  ];
};

/** What its makers call it: without the epoch before it, and what a distribution put behind. */
function upstreamOf(version: string): string {
  return /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0';
}
