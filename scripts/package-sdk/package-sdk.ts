/**
 * `npm run package:sdk`: makes the package that vendors install, without dependencies: `release/yiqiao-sdk-VERSION.tgz`.
 * With `--to FOLDER` it goes there. With `--json` the last line is an object: `ok`, `file`, `bytes`, `unpackedBytes`,
 * `files`.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packSdk } from './pack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: { to: { type: 'string' }, json: { type: 'boolean', default: false } },
});

const packed = await packSdk(root, resolve(options.to ?? join(root, 'release')));
process.stdout.write(
  options.json
    ? `${JSON.stringify({ ok: true, ...packed })}\n`
    : `${packed.file}\n${packed.files} files, ${packed.bytes} bytes packed, ${packed.unpackedBytes} unpacked\n`,
);
