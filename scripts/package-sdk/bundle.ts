/** The JavaScript of the package: everything in one place, so that it has no dependencies. */
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin } from 'rolldown';

/** Where the registry looks for its data: beside the code of the package instead of in one of its own. */
const DATA = `import.meta.resolve('@yiqiao/schemas/package.json')`;
const DATA_IN_PACKAGE = `new URL('../schemas/package.json', import.meta.url).href`;

const bringData: Plugin = {
  name: 'schemas beside the code',
  transform(code) {
    return code.includes(DATA) ? { code: code.replaceAll(DATA, DATA_IN_PACKAGE), map: null } : null;
  },
};

/**
 * Writes `index.js`, `testing.js` and what they have in common, and tells the files that went into them.
 * @throws Error when something cannot be resolved
 */
export async function bundleSdk(root: string, folder: string): Promise<readonly string[]> {
  const bundle = await rolldown({
    input: {
      index: join(root, 'packages/sdk/src/index.ts'),
      testing: join(root, 'packages/sdk/src/testing/index.ts'),
    },
    platform: 'node',
    plugins: [bringData],
    logLevel: 'warn',
    onLog(level, log, handle) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      handle(level, log);
    },
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[hash].js',
    comments: { legal: true, annotation: false, jsdoc: false },
    minify: false,
  });
  await bundle.close();
  return output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
}
