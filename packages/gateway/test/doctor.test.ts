import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { examineGateway, startGateway } from '@yiqiao/gateway';
import type { Finding } from '@yiqiao/gateway';
import { sharedPostgres } from '../../../scripts/testing/postgres-server.ts';
import { endAll, makeFolder, onEnd, usualConfig } from './rig.ts';

const NOBODY = 'http://127.0.0.1:1';

describe('yiqiao doctor', () => {
  afterEach(endAll);

  /** A configuration that nobody serves. */
  function write(change: (yaml: string) => string, peers = { core: NOBODY, hub: NOBODY }): string {
    const file = join(makeFolder(), 'gateway.yaml');
    writeFileSync(file, change(usualConfig(peers)));
    return file;
  }

  it('finds nothing wrong with a gateway that serves', async () => {
    const url = await serve((_request, answer) => answer.end());
    const configFile = write((yaml) => yaml, { core: url, hub: url });
    const gateway = await startGateway({ configFile });
    onEnd(() => gateway.close());
    const findings = await examineGateway(configFile);
    assert.deepEqual(troubles(findings), []);
    assert.deepEqual(namesOf(findings, 'peer'), ['care-place-core', 'hub']);
  });

  it('tells every fault of a configuration, and looks at nothing that hangs on it', async () => {
    const findings = await examineGateway(write((yaml) => `${yaml}what: 1\n`.replace('port: 0', 'port: x')));
    assert.equal(findings.length, 2);
    assert.deepEqual(new Set(findings.map(({ check }) => check)), new Set(['configuration']));
  });

  it('names a far side that is not reached, with the reason', async () => {
    const findings = troubles(await examineGateway(write((yaml) => yaml)));
    const hub = findings.find(({ target }) => target === 'hub');
    assert.match(hub?.found.en ?? '', /not reached \(ECONNREFUSED\)/);
    assert.match(hub?.remedy?.en ?? '', /nobody listens on the port/);
  });

  for (const { title, ahead, level } of [
    { title: 'lets a clock pass that is right', ahead: 0, level: 'ok' },
    { title: 'warns of a clock that is off by half a minute', ahead: 30, level: 'warning' },
    { title: 'calls a clock wrong that is off by two minutes', ahead: -120, level: 'fault' },
  ] as const) {
    it(title, async () => {
      const url = await serve((_request, answer) => {
        answer.setHeader('date', new Date(Date.now() + ahead * 1_000).toUTCString());
        answer.end();
      });
      const findings = await examineGateway(write((yaml) => yaml, { core: url, hub: url }));
      assert.equal(findings.find(({ check }) => check === 'clock')?.level, level);
    });
  }

  it('tells a port that another program has from one that a gateway serves', async () => {
    const url = await serve((_request, answer) => {
      answer.statusCode = 404;
      answer.end();
    });
    const port = new URL(url).port;
    const findings = await examineGateway(write((yaml) => yaml.replace('port: 0', `port: ${port}`)));
    const finding = findings.find(({ check }) => check === 'port');
    assert.equal(finding?.level, 'fault');
    assert.match(finding.remedy?.en ?? '', /another program has the port/);
  });

  it('asks the database of a journal that several gateways share', async function () {
    this.timeout(30_000);
    const url = await sharedServer();
    const change = (to: string) => (yaml: string) =>
      yaml.replace('journal: journal.sqlite', `journal: { postgres: { url: { text: "${to}" } } }`);
    const [well] = (await examineGateway(write(change(url)))).filter(({ check }) => check === 'store');
    assert.equal(well?.level, 'ok');
    assert.match(well.found.en, /^PostgreSQL \d+\.\d+, [\d.]+ ms, synchronous_commit on/);
    const away = url.replace(/@[^/]+/, '@127.0.0.1:1');
    const [gone] = (await examineGateway(write(change(away)))).filter(({ check }) => check === 'store');
    assert.match(gone?.found.en ?? '', /not reached \(ECONNREFUSED\)/);
  });

  it('finds a journal that others may read', async () => {
    const file = write((yaml) => yaml);
    const journal = join(file, '..', 'journal.sqlite');
    writeFileSync(journal, '');
    chmodSync(journal, 0o644);
    const findings = troubles(await examineGateway(file));
    assert.match(findings.find(({ check }) => check === 'store')?.found.en ?? '', /readable by other users/);
  });
});

const sharedServer = async (): Promise<string> => (await sharedPostgres()).createDatabase();

function troubles(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ level }) => level !== 'ok');
}

function namesOf(findings: readonly Finding[], check: Finding['check']): readonly string[] {
  return findings.filter((one) => one.check === check).map(({ target }) => target);
}

async function serve(handle: RequestListener): Promise<string> {
  const server: Server = createServer(handle);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
