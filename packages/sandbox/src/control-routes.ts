/** Control of a simulated server from outside its process. */
import type { Server } from '@hapi/hapi';
import { FAULT_KINDS, findFault } from './faults.ts';
import type { Faults } from './faults.ts';
import { findMessage, leaf } from './national-message.ts';

const RAW = { parse: false, output: 'data' } as const;

/** What is controlled. */
export interface Controlled {
  readonly faults: Faults;
  readonly ledger: { rows(): readonly unknown[] };
  /** Where people order: has them pay the order with this number, or all; tells how many were paid. */
  readonly pay?: (number?: string) => number;
}

/**
 * Adds `POST /faults` (arms one, 400 when it is none), `GET /faults`, `DELETE /faults`, `GET /ledger` and, where
 * people order, `POST /payments` (for one order when it names one by `mdtrt_regno`), all in JSON.
 */
export function addControlRoutes(server: Server, { faults, ledger, pay }: Controlled): void {
  server.route([
    {
      method: 'POST',
      path: '/faults',
      options: { payload: RAW },
      handler: (request, h) => {
        const fault = findFault((request.payload as Buffer).toString('utf8'));
        if (fault === undefined) return h.response({ error: 'not a fault', kinds: FAULT_KINDS }).code(400);
        faults.next(fault);
        return { armed: faults.armed() };
      },
    },
    {
      method: 'GET',
      path: '/faults',
      handler: () => ({ armed: faults.armed(), injected: faults.injected() }),
    },
    {
      method: 'DELETE',
      path: '/faults',
      options: { payload: RAW },
      handler: () => {
        faults.clear();
        return { armed: [] };
      },
    },
    { method: 'GET', path: '/ledger', handler: () => ({ rows: ledger.rows() }) },
  ]);
  if (pay === undefined) return;
  server.route({
    method: 'POST',
    path: '/payments',
    options: { payload: RAW },
    handler: (request) => {
      const asked = findMessage((request.payload as Buffer).toString('utf8')) ?? {};
      return { paid: pay(leaf(asked, 'mdtrt_regno') || undefined) };
    },
  });
}
