import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { checkEvidence } from '@yiqiao/evidence';
import { makeTestPki, makeTestTimeStamps } from '@yiqiao/signer/certificates';
import { settlement } from './messages.ts';
import { assertDone, post } from './posts.ts';
import { endAll, onEnd, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const NOW = Date.now();
const FILES = new Map(
  makeTestPki({ institutions: ['P53'], hosts: [], now: NOW, days: 30 }).map(({ name, content }) => [
    name,
    String(content),
  ]),
);
const fileOf = (name: string): string => FILES.get(name) ?? '';

/** A gateway that signs a root over every two entries, and has it stamped. */
async function startSigning(timeStamp: string): Promise<Rig> {
  return startRig({
    change: (yaml) => `${yaml}
evidence:
  key:
    text: ${JSON.stringify(fileOf('P53.sign.key.pem'))}
    certificate: { text: ${JSON.stringify(fileOf('P53.sign.pem') + fileOf('intermediate.pem'))} }
  entries: 2
  seconds: 1
${timeStamp}`,
  });
}

const fileOfJournal = ({ configFile }: Rig): string => join(dirname(configFile), 'journal.sqlite');

describe('Evidence of a gateway', () => {
  afterEach(endAll);

  it('is signed while it serves and when it stops, and shown in its metrics', async () => {
    const rig = await startSigning('');
    assertDone(await post(rig.gateway.url, settlement()));
    await rig.gateway.idle();
    const metrics = await (await fetch(`${rig.gateway.base}/metrics`)).text();
    assert.match(metrics, /^yiqiao_evidence_unsigned_entries \d+$/m);
    await rig.gateway.close();
    const verdict = await checkEvidence({ file: fileOfJournal(rig) }, { anchors: fileOf('root.pem') });
    assert.equal(verdict.found, 0);
    assert.equal(verdict.unsigned, 0);
    assert.ok(verdict.batches > 0);
  });

  it('says nothing in the metrics of a gateway that makes none', async () => {
    const rig = await startRig();
    const metrics = await (await fetch(`${rig.gateway.base}/metrics`)).text();
    assert.doesNotMatch(metrics, /^yiqiao_evidence_\w+ /m);
  });

  it('is put under the time of an authority', async () => {
    const authority = makeTestTimeStamps(NOW);
    const asked: string[] = [];
    const stamped = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      void buffer(request).then((query) => {
        asked.push(request.headers['content-type'] ?? '');
        response.setHeader('content-type', 'application/timestamp-reply');
        response.end(authority.answer(query, NOW), () => stamped.resolve());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onEnd(async () => {
      server.close();
      await once(server, 'close');
    });
    const { port } = server.address() as AddressInfo;
    const rig = await startSigning(`  timeStamp: { url: "http://127.0.0.1:${port}/tsa" }`);
    assertDone(await post(rig.gateway.url, settlement()));
    await stamped.promise;
    await rig.gateway.close();
    assert.deepEqual(asked, ['application/timestamp-query']);
    const anchors = fileOf('root.pem') + authority.certificate;
    assert.equal((await checkEvidence({ file: fileOfJournal(rig) }, { anchors })).found, 0);
  });

  const faulty: readonly (readonly [string, RegExp])[] = [
    ['evidence: { key: { file: none.pem } }', /\/evidence\/key\/file/],
    [
      `evidence: { key: { text: ${JSON.stringify(fileOf('P53.sign.key.pem'))} } }`,
      /\/evidence\/key\/certificate/,
    ],
    ['evidence: { entries: 0 }', /\/evidence\/entries/],
    ['evidence: { timeStamp: { url: tsa } }', /\/evidence\/timeStamp\/url/],
  ];
  for (const [yaml, place] of faulty) {
    it(`configured as ${yaml.slice(0, 40)} … is refused with its place ${String(place)}`, async () => {
      const rig = await startRig();
      rig.rewrite((usual) => `${usual}\n${yaml}\n`);
      assert.throws(
        () => rig.gateway.reload(),
        (error: { details: { faults: readonly { at: string }[] } }) =>
          error.details.faults.some(({ at }) => place.test(at)),
      );
    });
  }

  it('can be begun by a reload', async () => {
    const rig = await startRig();
    writeFileSync(join(dirname(rig.configFile), 'key.pem'), fileOf('P53.sign.key.pem'));
    writeFileSync(join(dirname(rig.configFile), 'cert.pem'), fileOf('P53.sign.pem'));
    rig.rewrite(
      (usual) => `${usual}\nevidence: { key: { file: key.pem, certificate: { file: cert.pem } } }\n`,
    );
    rig.gateway.reload();
    assertDone(await post(rig.gateway.url, settlement()));
    await rig.gateway.close();
    const verdict = await checkEvidence({ file: fileOfJournal(rig) });
    assert.deepEqual([verdict.found, verdict.batches > 0], [0, true]);
  });
});
