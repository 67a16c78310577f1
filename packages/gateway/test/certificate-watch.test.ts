import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { readCertificates, readRevocationLists } from '@yiqiao/signer/certificates';
import type { Certificate } from '@yiqiao/signer/certificates';
import { createCertificateBook } from '#internal/certificate-book.ts';
import type { CertificateBook, Trust } from '#internal/certificate-book.ts';
import { watchCertificates } from '#internal/certificate-watch.ts';
import { writePki } from './certificate-files.ts';
import { SIGNING } from './messages.ts';

const DAY_MS = 86_400_000;
const BEGIN = Date.UTC(2026, 10, 1);
const END = BEGIN + 100 * DAY_MS;
const pki = writePki({ now: BEGIN, days: 100 });

function read(name: string): Certificate {
  const [certificate] = readCertificates(readFileSync(pki.file(name)));
  assert(certificate !== undefined);
  return certificate;
}

const trust: Trust = {
  anchors: [read('root.pem')],
  intermediates: [read('intermediate.pem')],
  revocationCheck: 'known',
  institutionParts: ['CN'],
  readRevocation: () => ({ lists: [], answers: [] }),
};

/** A watch whose hours pass when the test says so. */
function watchOf(
  book: () => CertificateBook,
  begin = BEGIN,
): { lines: string[]; go(to: number): void; look(): void; stop(): void } {
  let now = begin;
  let tick: (() => void) | undefined;
  const lines: string[] = [];
  const log =
    (level: string) =>
    ({ peer = '', reason = '' }: { peer?: string; reason?: string }, text: string): void =>
      void lines.push(`${level} ${text} ${peer}${reason}`);
  const watch = watchCertificates({
    book,
    clock: { now: () => now },
    scheduler: {
      after(_ms, work) {
        tick = work;
        return () => (tick = undefined);
      },
    },
    logger: { info: log('info'), warn: log('warn'), error: log('error') } as unknown as Logger,
  });
  return {
    lines,
    go(to) {
      now = to;
      assert(tick !== undefined);
      tick();
    },
    look: () => watch.look(),
    stop() {
      watch.stop();
      assert.equal(tick, undefined);
    },
  };
}

describe('The watch over certificates', () => {
  it('tells once each time one comes within 60, 30 and 7 days of its end, and when it ends', () => {
    const book = createCertificateBook(undefined);
    book.addKey({ peer: 'his', id: 'sm3:0', notAfter: END });
    const watch = watchOf(() => book);
    const told = [0, 39.9, 40.1, 41, 70.1, 80, 93.1, 99, 100.1, 101].map((days) => {
      watch.go(BEGIN + days * DAY_MS);
      return watch.lines.splice(0).join();
    });
    const soon = 'warn certificate or key ends soon his';
    assert.deepEqual(told, [
      '',
      '',
      soon,
      '',
      soon,
      '',
      soon,
      '',
      'error certificate or key has expired his',
      '',
    ]);
    watch.stop();
  });

  it('tells at the start what is already near its end, and nothing of what has none', () => {
    const book = createCertificateBook(undefined);
    book.addKey({ peer: 'his', id: 'sm3:0' });
    book.addKey({ peer: 'gateway', id: 'sm3:1', notAfter: BEGIN + 3 * DAY_MS });
    assert.deepEqual(watchOf(() => book).lines, ['warn certificate or key ends soon gateway']);
  });

  it('tells nothing new by a reload that changes nothing', () => {
    const make = (): CertificateBook => {
      const book = createCertificateBook(undefined);
      book.addKey({ peer: 'his', id: 'sm3:0', notAfter: BEGIN + DAY_MS });
      return book;
    };
    let book = make();
    const watch = watchOf(() => book);
    watch.lines.splice(0);
    book = make();
    watch.look();
    assert.deepEqual(watch.lines, []);
  });

  it('tells that a certificate is revoked from the look on that read the list, and that its key is in doubt', () => {
    let revocation: ReturnType<Trust['readRevocation']> = { lists: [], answers: [] };
    const book = createCertificateBook({ ...trust, readRevocation: () => revocation });
    const key = book.addPeer({ peer: 'his', certificate: read('revoked.pem') });
    const watch = watchOf(() => book);
    assert.deepEqual([key.doubt?.(), watch.lines.length], [undefined, 0]);
    revocation = { lists: readRevocationLists(readFileSync(pki.file('revoked.crl.pem'))), answers: [] };
    watch.go(BEGIN + 3_600_000);
    assert.deepEqual(watch.lines, ['error certificate is not believed his']);
    assert.equal(key.doubt?.(), 'CERTIFICATE_REVOKED');
    assert.deepEqual(
      book.list(BEGIN).map(({ peer, reasons }) => [peer, reasons]),
      [['his', ['revoked']]],
    );
  });

  it('goes by what it knew of revocation while the files cannot be read, and tells so', () => {
    const lists = readRevocationLists(readFileSync(pki.file('revoked.crl.pem')));
    let isThere = true;
    const book = createCertificateBook({
      ...trust,
      readRevocation() {
        if (isThere) return { lists, answers: [] };
        throw new Error('gone');
      },
    });
    const key = book.addPeer({ peer: 'his', certificate: read('revoked.pem') });
    const watch = watchOf(() => book);
    watch.lines.splice(0);
    isThere = false;
    watch.go(BEGIN + 3_600_000);
    assert.deepEqual(watch.lines, ['error revocation files cannot be read gone']);
    assert.equal(key.doubt?.(), 'CERTIFICATE_REVOKED');
  });

  it('doubts a certificate whose chain has ended, and leaves its own end to who verifies signatures', () => {
    const book = createCertificateBook(trust);
    const key = book.addPeer({ peer: 'his', certificate: read(`${SIGNING}.sign.pem`) });
    book.look(END + DAY_MS);
    assert.equal(key.doubt?.(), 'CERTIFICATE_NOT_BELIEVED');
    assert.equal(key.notAfter, END);
    const alone = createCertificateBook({ ...trust, anchors: [read(`${SIGNING}.sign.pem`)] });
    const pinned = alone.addPeer({ peer: 'his', certificate: read(`${SIGNING}.sign.pem`) });
    alone.look(END + DAY_MS);
    assert.equal(pinned.doubt?.(), undefined);
  });

  it('never keeps us from signing: our own certificate is watched, whoever issued it', () => {
    const book = createCertificateBook(undefined);
    book.addOwn(read(`${SIGNING}.sign.pem`));
    assert.deepEqual(watchOf(() => book).lines, []);
  });

  it('watches the certificates of TLS as well', () => {
    const book = createCertificateBook(undefined);
    const pem = readFileSync(pki.file(`${SIGNING}.tls.pem`), 'utf8');
    book.addTls({ peer: 'hub', use: 'tls-client', pem });
    const [state] = book.list(BEGIN);
    assert.deepEqual([state?.peer, state?.use, state?.daysLeft], ['hub', 'tls-client', 100]);
    assert.equal(state?.id, read(`${SIGNING}.tls.pem`).serial);
  });
});
