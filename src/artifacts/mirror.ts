import type { Spec } from '../model/spec.js';

/** Where hosts and this machine get official images and files from, if not from the origins themselves. */
export type Mirror = 'none' | 'aliyun' | 'daocloud';

/** Where packages of the hosts come from. */
export type PackageMirror = 'none' | 'aliyun';

/** Where official artifacts come from, each kind of them by itself. */
export interface Origins {
  readonly images: Mirror;
  readonly files: Mirror;
  /** An origin of the user's own, for files: goes before `files`. */
  readonly baseUrl?: string | undefined;
}

/** What `mirrors` at the top of an inventory stands for. */
const PRESETS: Readonly<Record<Spec['mirrors'], PackageMirror>> = { none: 'none', cn: 'aliyun' };

/** What the inventory says about it: the most particular option counts. */
export function originsOf({ mirrors, artifacts }: Pick<Spec, 'mirrors' | 'artifacts'>): Origins {
  const both = artifacts.mirror ?? PRESETS[mirrors];
  return {
    images: artifacts.imageMirror ?? both,
    files: artifacts.fileMirror ?? both,
    baseUrl: artifacts.baseUrl,
  };
}

/** Where hosts get packages from. */
export function packageMirrorOf({ mirrors, artifacts }: Pick<Spec, 'mirrors' | 'artifacts'>): PackageMirror {
  return artifacts.packageMirror ?? PRESETS[mirrors];
}

/** Where images of an official registry are had from: a mirror lays them out otherwise. */
export interface Registries {
  /** registry.k8s.io/<path>, for example 'etcd:3.6.8-0'. */
  readonly kubernetes: (path: string) => string;
  /** Of any other registry, by its full reference. */
  readonly other: (ref: string) => string;
}

export const REGISTRIES: Readonly<Record<Mirror, Registries>> = {
  none: { kubernetes: (path) => `registry.k8s.io/${path}`, other: (ref) => ref },
  daocloud: { kubernetes: (path) => throughDaocloud(`registry.k8s.io/${path}`), other: throughDaocloud },
  // Aliyun's google_containers is flat, and has nothing of other registries: those come through DaoCloud.
  aliyun: {
    kubernetes: (path) =>
      `registry.cn-hangzhou.aliyuncs.com/google_containers/${path.slice(path.lastIndexOf('/') + 1)}`,
    other: throughDaocloud,
  },
};

/**
 * Where a file of the official origin is fetched from. A base URL of the user's own, and DaoCloud's file mirror, lay
 * files out as <base>/<official host>/<path>. Aliyun has the images only, so its files come through DaoCloud too.
 */
export function mirrored(url: string, { files, baseUrl }: Pick<Origins, 'files' | 'baseUrl'>): string {
  const base = baseUrl ?? (files === 'none' ? undefined : 'https://files.m.daocloud.io');
  return base === undefined ? url : `${base.replace(/\/+$/, '')}/${url.replace(/^https:\/\//, '')}`;
}

function throughDaocloud(ref: string): string {
  return `m.daocloud.io/${ref}`;
}
