import type { BinaryArtifact } from '../../model/artifact.js';

/** A program inside an official file, or the file itself. */
export interface OfficialProgram extends Pick<BinaryArtifact, 'name' | 'installPath' | 'links' | 'group' | 'on'> {
  /** Path in the tar file; absent where the file is the program. */
  readonly member?: string;
}

/** One file of an official origin. */
export interface OfficialFile {
  readonly version: string;
  /** Host and path on the official origin, over HTTPS. Names the file in the lock file, whatever mirror it came from. */
  readonly url: string;
  /** The origin's own checksum file. Digests are not written down here: nobody on this project computed them. */
  readonly checksumUrl: string;
  readonly programs: readonly OfficialProgram[];
}

/** The URL of a release's file on GitHub. */
export function githubRelease(repository: string, tag: string, file: string): string {
  return `https://github.com/${repository}/releases/download/${tag}/${file}`;
}
