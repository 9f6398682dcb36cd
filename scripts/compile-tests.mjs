/** Tests as plain JavaScript: a process that loads a few large files begins in a fraction of the time. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Under the project's folder, so that packages are found. */
const BUILT = '.tap/built';

const below = (root, folder, ending) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

/** Files as asked for, each once; a folder stands for the tests in it. */
function named(root, paths) {
  const files = paths.flatMap((path) =>
    statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()
      ? below(root, path, '.test.ts').sort()
      : path,
  );
  return [...new Set(files)];
}

/** What a source says of its own place stays true where it was carried to, and esbuild looks for modules by the names that they have here. */
const inPlace = (root) => ({
  name: 'in place',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!path.startsWith(root) || path.includes('/node_modules/')) return undefined;
      const place = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path };
      const contents = readFileSync(path, 'utf8')
        .replace(/\bimport\.meta\.(url|dirname|filename)\b/g, (_, what) => JSON.stringify(place[what]))
        .replace(/(\bimport\(`\.\/\$\{\w+\})\.js`/g, '$1.ts`');
      return { contents, loader: 'ts' };
    });
  },
});

/**
 * Compiles these files and folders of `root`, and what tests start as processes of their own (`*-child.ts`). Answers
 * in the same order with `{ name, path }`, the source and what to run; throws where one cannot be compiled.
 */
export async function compileTests(root, paths) {
  const files = named(root, paths);
  await build({
    absWorkingDir: root,
    entryPoints: [...files, ...below(root, 'test', '-child.ts')],
    outdir: BUILT,
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    plugins: [inPlace(root)],
  });
  return files.map((name) => ({ name, path: join(BUILT, name.replace(/\.ts$/, '.mjs')) }));
}
