// What only a package has and no checkout: kinit's own programs, built for every architecture (src/artifacts/own/pack.ts).
// `npm pack` calls this before it packs, and with --remove when it is through.
import { ARCHES } from '../dist/model/artifact.js';
import { SUPPLY } from '../dist/engine/supply.js';
import { packOwn, removePacked } from '../dist/artifacts/own/pack.js';
import { sourceKubernetesVersions } from '../dist/artifacts/build/plan.js';

await removePacked();
if (!process.argv.includes('--remove')) {
  const [kubernetesVersion] = await sourceKubernetesVersions();
  const signal = AbortSignal.timeout(900_000);
  // npm gives standard output to whoever asks it for JSON.
  const emit = ({ text }) => console.error(`prebuilt: ${text}`);
  for (const arch of ARCHES) await packOwn({ supply: SUPPLY, kubernetesVersion, arch, emit, signal });
}
