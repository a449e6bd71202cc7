import { restorePath, savePath } from '../support/saved-path.js';

/** Copies that useradd and its like leave of what they change: `diff /etc/passwd- /etc/passwd` shall say after a reset what it said before. */
const FILES = ['/etc/passwd-', '/etc/group-', '/etc/shadow-', '/etc/gshadow-', '/etc/subuid-', '/etc/subgid-'];

/** sh text for the undo of whatever makes users. */
export const saveUserBackups: readonly string[] = FILES.map((path) => savePath(path, path.slice('/etc/'.length)));
export const restoreUserBackups: readonly string[] = FILES.map((path) => restorePath(path, path.slice('/etc/'.length)));
