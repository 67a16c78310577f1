/** What the service answers over HTTP: on the hospital's own network, behind its own doors. */
import { answerJson, outboxRoutes, readJsonBody } from '@yiqiao/sdk';
import type { ListenerRoute, Outbox } from '@yiqiao/sdk';
import type { BillIssuer } from './bill-issuer.ts';
import { readElements, readSettled, readTaxInvoice, readUndone } from './read-events.ts';

/** The entry: events in, records and texts out. */
export function billRoutes(issuer: BillIssuer, outbox: Outbox): readonly ListenerRoute[] {
  const told = (settlementId: string) =>
    answerJson({ settlementId, state: issuer.find(settlementId)?.state });
  return [
    {
      method: 'POST',
      path: '/settled',
      handle(request) {
        const event = readSettled(readJsonBody(request));
        issuer.settled(event);
        return told(event.settlementId);
      },
    },
    {
      method: 'POST',
      path: '/undone',
      handle(request) {
        const event = readUndone(readJsonBody(request));
        issuer.undone(event);
        return told(event.settlementId);
      },
    },
    {
      method: 'POST',
      path: '/bills/:settlement/paper-returned',
      handle({ params: { settlement = '' } }) {
        issuer.paperReturned(settlement);
        return told(settlement);
      },
    },
    {
      method: 'POST',
      path: '/bills/:settlement/tax-invoice',
      handle(request) {
        const { settlement = '' } = request.params;
        issuer.recordTaxInvoice(settlement, readTaxInvoice(readJsonBody(request)));
        return told(settlement);
      },
    },
    ...readingRoutes(issuer),
    ...outboxRoutes(outbox),
  ];
}

function readingRoutes(issuer: BillIssuer): readonly ListenerRoute[] {
  return [
    {
      method: 'GET',
      path: '/bills/:settlement',
      handle: ({ params: { settlement = '' } }) => answerJson(issuer.summary(settlement)),
    },
    {
      method: 'GET',
      path: '/bills/:settlement/text',
      handle: ({ params: { settlement = '' } }) => ({
        contentType: 'text/plain; charset=utf-8',
        body: issuer.text(settlement),
      }),
    },
    {
      method: 'POST',
      path: '/check',
      handle: async (request) => answerJson(await issuer.check(readElements(readJsonBody(request)))),
    },
  ];
}
