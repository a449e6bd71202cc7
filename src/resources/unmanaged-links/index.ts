import { undoOf, type Resource, type ResourceKind } from '../../model/resource.js';
import { parseList } from '../../shell/output.js';
import { sha256Hex } from '../../model/text/digest.js';
import { sh, shellScript } from '../../shell/script.js';
import { stampPath } from '../../shell/state.js';

export interface UnmanagedLinksResource extends Resource {
  readonly kind: 'unmanaged-links';
  /** Names of network links, or shell patterns of them: 'veth*'. */
  readonly links: readonly string[];
}

export interface UnmanagedLinksSeen {
  readonly running: readonly string[];
  /** 'SERVICE DIGEST' of the files that are there. */
  readonly files: readonly string[];
  /** The same of what the services have read last. */
  readonly read: readonly string[];
}

/** A service that configures network links, and how it is told to leave some alone. */
interface LinkService {
  readonly unit: string;
  readonly path: string;
  readonly content: (links: readonly string[]) => string;
}

const HEAD = '# Written by kinit: links of pods belong to the cluster.\n';

const SERVICES: readonly LinkService[] = [
  {
    unit: 'systemd-networkd',
    // The first file that matches counts (systemd.network(5)): before those of netplan and of cloud images.
    path: '/etc/systemd/network/05-kinit.network',
    content: (links) => `${HEAD}[Match]\nName=${links.join(' ')}\n\n[Link]\nUnmanaged=yes\n`,
  },
  {
    unit: 'NetworkManager',
    // += leaves what others wish unmanaged (NetworkManager.conf(5)).
    path: '/etc/NetworkManager/conf.d/zz-kinit.conf',
    content: (links) =>
      `${HEAD}[keyfile]\nunmanaged-devices+=${links.map((link) => `interface-name:${link}`).join(';')}\n`,
  },
];

/**
 * Links that the host's own network service leaves alone: a configuration that is meant for every Ethernet card would give
 * those of pods other addresses, routes and states.
 */
export function unmanagedLinks(links: readonly string[]): UnmanagedLinksResource {
  return { kind: 'unmanaged-links', id: 'unmanaged-links:pods', links: [...new Set(links)].sort() };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);
const WRITE = shellScript('./write.sh', import.meta.url);
const SAVE = shellScript('./save.sh', import.meta.url);
const RESTORE = shellScript('./restore.sh', import.meta.url);

export const unmanagedLinksKind: ResourceKind<UnmanagedLinksResource, UnmanagedLinksSeen> = {
  kind: 'unmanaged-links',
  describe: {
    change: 'Tells systemd-networkd and NetworkManager, where they run, to leave links of pods alone',
    undone: 'Their files go, and they read what is left',
  },
  observe: () => sh(OBSERVE, { args: everyPlace() }),
  parse: (_r, output) => ({
    running: parseList(output, 'runs'),
    files: parseList(output, 'is'),
    read: parseList(output, 'read'),
  }),
  diff: (r, seen) => {
    const untold = untoldOf(r, seen).map(({ unit }) => unit);
    if (untold.length > 0)
      return {
        changed: true,
        change: {
          action: 'update',
          summary: `${untold.join(' and ')}: leave ${r.links.join(', ')} alone`,
          reason: 'would configure them where a file of its own matches',
        },
      };
    if (seen.running.length === 0)
      return { changed: false, reason: 'neither systemd-networkd nor NetworkManager runs' };
    return { changed: false, reason: `${seen.running.join(', ')}: told already` };
  },
  apply: (r, seen) =>
    untoldOf(r, seen).map((service) => ({
      do: 'script',
      script: sh(WRITE, {
        args: [service.unit, service.path, service.content(r.links), stampOf(service), digest(service, r)],
      }),
    })),
  undo: undoOf({
    version: 1,
    record: () => ({ save: sh(SAVE, { args: everyPlace() }), data: {} }),
    restore: () => sh(RESTORE, { args: everyPlace() }),
  }),
};

/** Running services that have not read what they shall. */
function untoldOf(r: UnmanagedLinksResource, { running, files, read }: UnmanagedLinksSeen): readonly LinkService[] {
  return SERVICES.filter((service) => {
    const wanted = `${service.unit} ${digest(service, r)}`;
    return running.includes(service.unit) && !(files.includes(wanted) && read.includes(wanted));
  });
}

function everyPlace(): readonly string[] {
  return SERVICES.flatMap((service) => [service.unit, service.path, stampOf(service)]);
}

function digest({ content }: LinkService, { links }: UnmanagedLinksResource): string {
  return sha256Hex(content(links));
}

function stampOf({ unit }: LinkService): string {
  return stampPath('revisions', `${unit}.links`);
}
