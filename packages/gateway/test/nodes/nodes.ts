/** Several gateways of one party on one PostgreSQL journal. */
import { writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import { createPostgresJournal } from '@yiqiao/journal';
import type { Exchange } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { sharedPostgres } from '../../../../scripts/testing/postgres-server.ts';
import { makeFolder, onEnd, openFarSide, usualConfig } from '../rig.ts';
import type { FarSide } from '../far-side.ts';

const CHILD = fileURLToPath(new URL('../crash/gateway-child.ts', import.meta.url));

/** Gateways that have a journal in common, and what is behind them. */
export interface Nodes {
  readonly configFile: string;
  readonly core: FarSide;
  readonly hub: FarSide;
  /** Starts one more in this process. */
  start(): Promise<Gateway>;
  /** Starts one more in a process of its own. */
  spawn(): Promise<NodeProcess>;
  /** What is on record, oldest first. */
  journal(): Promise<readonly Exchange[]>;
}

/** A gateway in a process of its own. */
export interface NodeProcess {
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

let schemas = 0;

/** A journal of its own for gateways that are started later; everything goes with the rest. */
export async function openNodes(
  change: (yaml: string) => string = (yaml) => yaml,
  databaseUrl?: string,
): Promise<Nodes> {
  const url = databaseUrl ?? (await (await sharedPostgres()).createDatabase());
  const schema = `gateway_${(schemas += 1)}`;
  const folder = makeFolder();
  const core = await openFarSide();
  const hub = await openFarSide();
  writeFileSync(join(folder, 'database'), `${url}\n`, { mode: 0o600 });
  const yaml = usualConfig({ core: core.url, hub: hub.url }).replace(
    'journal: journal.sqlite',
    `journal: { postgres: { url: { file: database }, schema: ${schema} } }`,
  );
  const configFile = join(folder, 'gateway.yaml');
  writeFileSync(configFile, change(yaml));
  return {
    configFile,
    core,
    hub,
    async start() {
      const gateway = await startGateway({ configFile });
      onEnd(() => gateway.close());
      return gateway;
    },
    async spawn() {
      const child = spawn(process.execPath, [CHILD, configFile], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const [address] = (await once(child, 'message')) as [string];
      const kill = async (): Promise<void> => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      };
      onEnd(kill);
      return { url: address, kill };
    },
    async journal() {
      const journal = await createPostgresJournal({ place: { url, schema }, clock: systemClock });
      const all = await journal.list(Infinity, 10_000);
      await journal.close();
      return all.toReversed();
    },
  };
}
