/**
 * One party in a process of its own: `parties.ts gateway CONFIG`, or `parties.ts core|care-place-core|his SETTINGS`.
 * Tells its URL through the process channel; answers `ledger` and `stop`. It does not outlive the harness.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startGateway } from '@yiqiao/gateway';
import { openCareBooks } from './care-place-books.ts';
import { openCoreBooks } from './core-books.ts';
import type { Core, CoreRequest } from './core-books.ts';
import { startHis } from './his.ts';
import type { Question, Report } from './party-process.ts';
import { createSignedText } from './signed-text.ts';
import type { SignedText } from './signed-text.ts';
import type { CoreSettings, HisSettings } from './world.ts';

interface Party {
  readonly url: string;
  ledger(): readonly object[] | Promise<readonly object[]>;
  close(): Promise<void>;
}

const tell = (report: Report): void => void process.send?.(report);

async function startParty(): Promise<Party> {
  const [kind = 'gateway', file = ''] = process.argv.slice(2);
  switch (kind) {
    case 'his':
      return startHis(readSettings<HisSettings>(file), tell);
    case 'core':
      return startCore(readSettings<CoreSettings>(file), openCoreBooks);
    case 'care-place-core':
      return startCore(readSettings<CoreSettings>(file), openCareBooks);
    default: {
      const gateway = await startGateway({ configFile: file });
      return { url: gateway.url, ledger: () => gateway.ledger(), close: () => gateway.close() };
    }
  }
}

function readSettings<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

async function startCore(settings: CoreSettings, open: (file: string) => Core): Promise<Party> {
  const core = open(settings.books);
  const signed = createSignedText(settings);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(answer(core, signed, Buffer.concat(chunks).toString('utf8')));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    ledger: () => core.ledger(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(core: Core, signed: SignedText, text: string): string {
  const request = signed.read(text, 'input') as CoreRequest | undefined;
  const told = request === undefined ? { refusal: '报文不完整或验签失败' } : core.answer(request);
  const refused = 'refusal' in told;
  const envelope = {
    infcode: refused ? -1 : 0,
    inf_refmsgid: '000000202601010945100000000001',
    refmsg_time: '20260101094510123',
    respond_time: '20260101094510456',
    err_msg: refused ? told.refusal : null,
  };
  return refused || told.output === null
    ? JSON.stringify({ ...envelope, output: null })
    : signed.write(envelope, 'output', told.output);
}

const party = await startParty();
process.on('message', (question: Question) => {
  if (question === 'ledger') void Promise.resolve(party.ledger()).then((ledger) => tell({ ledger }));
  else void party.close().then(() => process.disconnect());
});
process.on('disconnect', () => process.exit());
tell({ url: party.url });
