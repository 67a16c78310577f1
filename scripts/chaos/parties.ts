/**
 * One party in a process of its own: `parties.ts gateway CONFIG` or `parties.ts core SETTINGS`, a JSON file with
 * `books`, `own` and `far` (private and public key). Tells its URL through the process channel; answers `ledger`
 * and `stop`. It does not outlive the harness.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startGateway } from '@yiqiao/gateway';
import { openCoreBooks } from './core-books.ts';
import type { CoreRequest } from './core-books.ts';
import { createSignedText } from './signed-text.ts';

interface Party {
  readonly url: string;
  ledger(): readonly object[];
  close(): Promise<void>;
}

async function startParty(): Promise<Party> {
  const [kind, file = ''] = process.argv.slice(2);
  if (kind === 'core') return startCore(file);
  const gateway = await startGateway({ configFile: file });
  return { url: gateway.url, ledger: () => [...gateway.ledger()], close: () => gateway.close() };
}

async function startCore(file: string): Promise<Party> {
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { books: string; own: string; far: string };
  const books = openCoreBooks(settings.books);
  const signed = createSignedText(settings);
  const answer = (text: string): string => {
    const request = signed.read(text, 'input') as CoreRequest | undefined;
    const told = request === undefined ? { refusal: '报文不完整或验签失败' } : books.answer(request);
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
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(answer(Buffer.concat(chunks).toString('utf8')));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    ledger: () => books.entries(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const party = await startParty();
process.on('message', (question) => {
  if (question === 'ledger') process.send?.({ ledger: party.ledger() });
  else void party.close().then(() => process.disconnect());
});
process.on('disconnect', () => process.exit());
process.send?.({ url: party.url });
