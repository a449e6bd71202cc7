/**
 * Settings of the inventory, shown to the program that shall run with them, in the version that an upgrade brings, before anything is
 * changed: it reads them, says what it does not take, and starts nothing.
 */
export interface Trial {
  /** The name it is started by: kube-scheduler. */
  readonly program: string;
  /** Name of the artifact that is this program under that name. Absent: the one that is installed under it. */
  readonly artifact?: string;
  /** Where they stand in the inventory: scheduler.extraArgs. */
  readonly settings: string;
  /** Paths are seen from an empty folder. */
  readonly args: readonly string[];
  /** Content of config.yaml in that folder. */
  readonly configuration?: string;
  /** Stands in the line by which it says that all was taken, where it cannot be asked without ending in an error, or tells that by itself. */
  readonly taken?: string;
  /** What it says, among errors of its own, only because it was asked in this way. */
  readonly provoked?: RegExp;
  /** What it says at klog's level I is of no matter. */
  readonly onlyWarnings?: true;
}

/** Name of the file with a trial's configuration. */
export const TRIAL_FILE = 'config.yaml';
