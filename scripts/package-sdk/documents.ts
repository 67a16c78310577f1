/** The documentation that travels with the package: a vendor works from it alone. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Pages of docs/ for vendors. */
const PAGES = ['sdk.md', 'adapters.md', 'relay.md', 'signing.md', 'errors.md', 'glossary.md'];
/** Folders of docs/ that go whole. */
const FOLDERS = ['clients'];

/** Writes README and docs/; a link to what is not in the package becomes its text. */
export function writeDocuments(root: string, folder: string): void {
  const pages = PAGES.map((page) => `docs/${page}`);
  const files = FOLDERS.flatMap((name) => filesBelow(root, `docs/${name}`));
  const carried = new Set([...pages, ...files]);
  write(
    folder,
    'README.md',
    relinked(read(root, 'packages/sdk/README.md'), 'packages/sdk', { carried, at: '.' }),
  );
  for (const file of carried) {
    const place = dirname(file);
    const text = read(root, file);
    write(folder, file, file.endsWith('.md') ? relinked(text, place, { carried, at: place }) : text);
  }
}

/** Links of a page that stood in `from` and now stands in `at`. */
function relinked(
  text: string,
  from: string,
  { carried, at }: { readonly carried: ReadonlySet<string>; readonly at: string },
): string {
  return text.replaceAll(
    /\[([^\]]+)\]\(([^)#\s]+)(#[^)]*)?\)/g,
    (link, words: string, to: string, part = '') => {
      if (/^[a-z]+:/.test(to)) return link;
      const target = posix.join(from, to);
      return carried.has(target) ? `[${words}](${posix.relative(at, target)}${part as string})` : words;
    },
  );
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => posix.join(folder, entry.parentPath.slice(join(root, folder).length), entry.name));
}

function read(root: string, file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function write(folder: string, file: string, text: string): void {
  const target = join(folder, file);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
