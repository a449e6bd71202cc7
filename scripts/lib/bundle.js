import path from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Puts what `entry` imports into few files in `folder`. kinit has a thousand modules, libraries included, and Node takes longer to find and
 * read them than most commands take to work. What is imported late stays a file of its own.
 * @param dist folder of the compiled modules; the scripts and templates beside them are read from there
 */
export async function bundle({ entry, dist, folder }) {
  const program = await rolldown({
    input: { main: entry },
    platform: 'node',
    // They look for compiled code, and for parts of themselves, at run time.
    external: ['ssh2', 'node-forge'],
    plugins: [
      {
        name: 'own-place',
        transform: (code, id) => (id.startsWith(dist) ? withPlace(code, path.relative(folder, id)) : undefined),
      },
    ],
    onwarn: ({ message }) => {
      throw new Error(message);
    },
  });
  await program.write({ dir: folder, format: 'esm', cleanDir: true });
}

/** A module goes on naming the files beside it, from wherever its code has come to lie. */
function withPlace(code, place) {
  return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`);
}
