import { z } from 'zod';

export const DAEMON_JSON = '/etc/docker/daemon.json';
/** What kinit has put into its lists of registries: the engine refuses settings that it does not know, so it stands beside it. */
export const ADDED = '/etc/docker/kinit-registries.json';
/** Lists of registries that people fill as well. */
export const LISTS = ['registry-mirrors', 'insecure-registries'] as const;
/** Entries of these. */
export type Lists = Readonly<Record<(typeof LISTS)[number], readonly string[]>>;

/** What kinit looks at of it (docs.docker.com/reference/cli/dockerd, "Daemon configuration file"); the rest is passed on. */
const schema = z.looseObject({
  'exec-opts': z.array(z.string()).optional(),
  'log-driver': z.string().optional(),
  'log-opts': z.record(z.string(), z.unknown()).optional(),
  'registry-mirrors': z.array(z.string()).optional(),
  'insecure-registries': z.array(z.string()).optional(),
  hosts: z.array(z.string()).optional(),
  features: z.record(z.string(), z.boolean()).optional(),
  runtimes: z.record(z.string(), z.unknown()).optional(),
});

export type Settings = z.output<typeof schema>;

const addedSchema = z.record(z.enum(LISTS), z.array(z.string()));

/** What ADDED says; one that cannot be read says nothing, and what is in the lists then stays. */
export function readAdded(text: string): Lists {
  try {
    return addedSchema.parse(JSON.parse(text));
  } catch {
    return { 'registry-mirrors': [], 'insecure-registries': [] };
  }
}

/** The settings, or for people what is wrong with the text. An empty file says nothing, as to the engine. */
export function readDaemonJson(text: string): { readonly settings: Settings } | { readonly problem: string } {
  if (text.trim() === '') return { settings: {} };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const read = schema.safeParse(json);
  if (read.success) return { settings: read.data };
  const [issue] = read.error.issues;
  return { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`.replace(/^: /, '') };
}
