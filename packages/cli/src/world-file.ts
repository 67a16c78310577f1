/** What a running sandbox leaves behind so that other commands find it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminRole } from '@yiqiao/gateway';

/** Content of world.json. */
export interface WorldFile {
  readonly endpoints: {
    /** Care-place gateway 530000, national JSON. */
    readonly national: string;
    /** Care-place gateway 440000, predecessor SOAP/GBK XML. */
    readonly predecessor: string;
    readonly hub: string;
    readonly insuredPlace: string;
  };
  readonly keys: {
    /** File with the private key of the HIS of region 530000. */
    readonly his: string;
  };
  /** The admin APIs of the gateways, and for each role the file with a token that all of them take. */
  readonly admin: {
    readonly urls: WorldFile['endpoints'];
    readonly tokenFiles: Readonly<Record<AdminRole, string>>;
  };
}

/** Writes world.json into a folder. */
export function writeWorldFile(folder: string, world: WorldFile): void {
  writeFileSync(join(folder, 'world.json'), `${JSON.stringify(world, null, 2)}\n`);
}

/** Reads it back. @throws Error that tells how to start the sandbox. */
export function readWorldFile(folder: string): WorldFile {
  try {
    return JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')) as WorldFile;
  } catch (cause) {
    throw new Error(
      `${folder} 中没有运行中的沙箱，请先 npm start，或用选项指明地址与密钥（--to 与 --key，--url 与 --token-file） / no sandbox found there: npm start first, or say where with --to and --key, --url and --token-file`,
      { cause },
    );
  }
}
