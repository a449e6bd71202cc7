import { sh, shellScript } from '../../shell/script.js';

/** For kinds whose own shell does not include user-backups.sh yet. */
export const saveUserBackups: readonly string[] = [sh(shellScript('./save-backups.sh', import.meta.url))];
export const restoreUserBackups: readonly string[] = [sh(shellScript('./restore-backups.sh', import.meta.url))];
