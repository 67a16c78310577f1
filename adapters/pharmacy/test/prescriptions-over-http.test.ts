import assert from 'node:assert/strict';
import { GatewayError, fen, systemClock } from '@yiqiao/model';
import { answerJson, readJsonBody, startListener } from '@yiqiao/sdk';
import type { Listener, ListenerRequest } from '@yiqiao/sdk';
import { connectPrescriptions } from '#internal/prescriptions-over-http.ts';
import { PERSON, codeOf, createCentre } from './stand-ins.ts';

describe('the prescription side in a process of its own', () => {
  const centre = createCentre({
    reuse: {
      reusable: true,
      maximumUses: 3,
      timesUsed: 1,
      minimumIntervalDays: 7,
      lastDispensedAt: '2026-11-01 09:00:00',
    },
  });
  const asked: Record<string, unknown>[] = [];
  let listener: Listener;
  let port: ReturnType<typeof connectPrescriptions>;
  let failure: GatewayError | undefined;
  before(async () => {
    const route = (path: string, work: (body: never) => Promise<unknown>) => ({
      method: 'POST',
      path,
      handle: async (request: ListenerRequest) => {
        const body = readJsonBody(request);
        asked.push(body);
        if (failure !== undefined) throw failure;
        return answerJson((await work({ claimId: request.params['id'], ...body } as never)) ?? {});
      },
    });
    listener = await startListener({
      port: 0,
      routes: [
        route('/prescriptions/find', centre.find),
        route('/claims', centre.claim),
        route('/claims/:id/dispense', centre.dispense),
        route('/claims/:id/undo', centre.undo),
      ],
    });
    port = connectPrescriptions({ url: listener.url, clock: systemClock });
  });
  after(async () => {
    await port.close();
    await listener.close();
  });
  afterEach(() => void (failure = undefined));

  const undoing = { claimId: 'C/1', prescriptionNumber: 'RX0001', reason: 'x', at: '2026-11-22 10:00:00' };

  it('tells a prescription as it is there', async () => {
    assert.deepEqual(await port.find({ code: 'QR0001', person: PERSON }), centre.prescription);
    assert.deepEqual(asked.at(-1), { code: 'QR0001', person: PERSON });
  });

  it('claims, reports and undoes', async () => {
    const audit = {
      pharmacist: { ...PERSON, code: 'HY1' },
      opinion: '合理',
      passed: true,
      at: '2026-11-22 10:00:00',
    };
    const claim = {
      claimId: 'C/1',
      prescriptionNumber: 'RX0001',
      institutionCode: 'P1',
      at: 1,
      person: PERSON,
      lines: [],
      audit,
    };
    assert.equal((await port.claim(claim)).claimId, 'C/1');
    await port.dispense({
      claimId: 'C/1',
      prescriptionNumber: 'RX0001',
      time: '2026-11-22 10:00:00',
      retailDocumentNumber: 'LS1',
      cashPaid: fen(1250n),
      lines: [
        {
          catalogueCode: 'X',
          institutionCatalogueCode: 'Y',
          name: 'N',
          specification: 'S',
          quantity: '1' as never,
          unit: '盒',
          price: '12.5' as never,
          amount: fen(1250n),
          traceCodes: ['81'],
        },
      ],
    });
    const sent = asked.at(-1) as { cashPaid: string; lines: { amount: string; traceCodes: unknown }[] };
    assert.deepEqual(
      [sent.cashPaid, sent.lines[0]?.amount, sent.lines[0]?.traceCodes],
      ['12.50', '12.50', [{ code: '81' }]],
    );
    await port.undo(undoing);
    assert.deepEqual(centre.log, ['claim C/1', 'dispense C/1 ', 'undo C/1']);
  });

  for (const code of ['PRESCRIPTION_TAKEN', 'PRESCRIPTION_ALTERED', 'UPSTREAM_REJECTED'] as const) {
    it(`brings a refusal ${code} back as what it was there`, async () => {
      failure = new GatewayError(code, { upstream: { code: '-1', text: '不予受理' } });
      assert.equal(await codeOf(port.undo(undoing)), code);
    });
  }

  it('leaves unknown what is unknown there', async () => {
    failure = new GatewayError('UPSTREAM_TIMEOUT');
    assert.equal(await codeOf(port.undo(undoing)), 'UPSTREAM_TIMEOUT');
  });
});
