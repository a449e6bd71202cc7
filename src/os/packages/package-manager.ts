import type { ShellScript } from '../../shell/script.js';

/** What a package is, whoever installs it. */
export type PackageFormat = 'deb' | 'rpm';

/** What installs packages of a distribution. Its scripts run as root and answer in English (LC_ALL=C is set). */
export interface PackageManager {
  /** For resources, which carry it as data, and for messages. */
  readonly id: string;
  readonly format: PackageFormat;
  /** For people: what may hold its locks. */
  readonly title: string;
  /** Its locks, and what else it keeps of its own: nothing of kinit's may lie there. */
  readonly folders: readonly string[];
  /** Where it keeps what it downloads: needs room. */
  readonly cacheFolder: string;
  /**
   * "$@": names of packages. Prints 'candidate=NAME VERSION': the version that is there, else the one that would be installed by the
   * lists that are there; nothing for those that are not known, and where this is not the host's package manager. Quick; changes nothing.
   */
  readonly candidates: ShellScript;
  /** "$@": names of packages. Prints 'installed=NAME' and 'version=NAME VERSION' for those that are, 'held=NAME' for those that nothing may change; changes nothing. */
  readonly observe: ShellScript;
  /**
   * "$1": a folder for notes, the rest: NAME or NAME=VERSION. Installs them in whatever version the distribution has, or in
   * just that one (`versionFits`), which is then held, after an interrupted run of somebody else was finished. One that is there in another
   * version is not changed, nor is anything that a person holds: both are errors. Notes in the folder what `remove` will need, and in units-added the
   * systemd units that came. Nothing that runs a package's script may be ended from outside; it tells that it goes on.
   * Ends with code 1 and says on standard error what failed: first lists that could not be refreshed, with repository,
   * reason and bound; a version that is not there with those that are.
   */
  readonly install: ShellScript;
  /**
   * "$1": name of a repository, "$2": the file that names it, "$3": a file in which it may note which lists are its, so that those of another address
   * go. Reads its lists, and no others. Ends with code 1 and says on
   * standard error what is wrong (no answer, no such repository, a key that does not vouch for it), and that it took file and lists away
   * again.
   */
  readonly refreshOne: ShellScript;
  /** The same arguments. Its lists go. */
  readonly forgetOne: ShellScript;
  /** "$@": names. They are held no longer. One that is not there is no error. */
  readonly release: ShellScript;
  /**
   * "$1": the same folder; "$D/packages" names packages, a line each. Removes them and what came with them, but nothing
   * that something installed since then needs and nothing that a person holds, and brings back what they had pushed out.
   */
  readonly remove: ShellScript;
  /** "$1": the same folder. Brings back what they had pushed out, also where they stay; does nothing where that is nothing. */
  readonly bringBack: ShellScript;
  /** Prints 'COMMAND (pid N)', who holds one of its locks, or nothing. Quick. */
  readonly lockHolder: ShellScript;
  /** "$1": seconds. Prints the holder that was there all the while, or nothing as soon as there is none. */
  readonly waitForLock: ShellScript;
}
