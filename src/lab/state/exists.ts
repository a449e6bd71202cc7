import { access } from 'node:fs/promises';

/** Whether this process can see something at a path, through links. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
