/**
 * Packs a release for machines without npm or internet: one archive for each architecture, Node inside.
 * `npm run package -- [--arch x64,arm64] [--out FOLDER] [--json]`. Needs GNU tar and the registry, or what an earlier
 * run has fetched from it.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES, packRelease, projectRoot } from './release.ts';
import type { Architecture, Packed } from './release.ts';

const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: ARCHITECTURES.join(',') },
    out: { type: 'string', default: 'release' },
    json: { type: 'boolean', default: false },
  },
});

const wanted = values.arch.split(',');
const unknown = wanted.filter((one) => !isArchitecture(one));
if (unknown.length > 0) {
  process.stderr.write(
    `unknown architecture: ${unknown.join(', ')}; there are ${ARCHITECTURES.join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const archives: Packed[] = [];
  for (const architecture of wanted.filter(isArchitecture)) {
    process.stderr.write(`linux-${architecture} …\n`);
    archives.push(await packRelease({ architecture, version, folder: resolve(values.out) }));
  }
  for (const { file, bytes, sha256 } of archives) {
    if (!values.json) process.stdout.write(`${file}  ${(bytes / 1e6).toFixed(1)} MB  sha256 ${sha256}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ ok: true, version, archives })}\n`);
}

function isArchitecture(text: string): text is Architecture {
  return (ARCHITECTURES as readonly string[]).includes(text);
}
