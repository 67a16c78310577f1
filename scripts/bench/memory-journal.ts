/**
 * A journal that keeps nothing beyond the process: what a gateway would cost if it wrote nothing down. It does what the
 * measured exchanges need; a gateway that serves people never runs on it.
 */
import type { Exchange, ExchangeEnd, Found, Journal, Leg, NewExchange, NewLeg } from '@yiqiao/journal';

/** Creates one. Exchanges that have ended are forgotten but for their reply. */
export function createMemoryJournal(): Journal {
  const exchanges = new Map<number, Exchange>();
  const ids = new Map<string, number>();
  const needed = (): never => {
    throw new Error('the measured exchanges do not need this');
  };
  const change = (id: number, changes: (exchange: Exchange) => Partial<Exchange>): void => {
    const exchange = exchanges.get(id);
    if (exchange !== undefined) exchanges.set(id, { ...exchange, ...changes(exchange) });
  };
  const open = async (exchange: NewExchange, leg: NewLeg): Promise<number> => {
    const id = exchanges.size + 1;
    exchanges.set(id, { ...exchange, id, state: 'sent', legs: [{ ...leg, number: 1, state: 'sent' }] });
    ids.set(nameOf(exchange.key), id);
    return id;
  };
  return {
    find(key, digest): Found {
      const exchange = exchanges.get(ids.get(nameOf(key)) ?? 0);
      if (exchange === undefined) return { status: 'new' };
      return { status: exchange.digest === digest ? 'known' : 'conflict', exchange };
    },
    open,
    async addLeg(id, leg) {
      const number = (exchanges.get(id)?.legs.length ?? 0) + 1;
      change(id, ({ legs }) => ({ legs: [...legs, { ...leg, number, state: 'sent' }] }));
      return number;
    },
    settleLeg: async () => undefined,
    async end(id, end: ExchangeEnd) {
      const ended = { state: end.state, endedAt: end.at, ...(end.reply && { reply: end.reply }) };
      change(id, ({ legs }) => ({ ...ended, legs: legs.map(withoutBytes) }));
      return end.followUp === undefined ? undefined : open(end.followUp.exchange, end.followUp.leg);
    },
    resolve: needed,
    look: needed,
    bury: needed,
    keep: () => undefined,
    findRecord: () => undefined,
    load: (id) => exchanges.get(id),
    findByLeg: () => undefined,
    findByNaturalKey: () => [],
    listOpen: () => [],
    list: () => [],
    search: () => ({ exchanges: [] }),
    appendAudit: async (entry) => ({ ...entry, id: 1, hash: '' }),
    listAudit: () => [],
    checkAudit: async () => ({ entries: 0, damage: [] }),
    recentMessageIds: () => [],
    ledger: () => [],
    figures: () => ({ open: exchanges.size, withPerson: 0, odd: 0, bytes: 0 }),
    checkExchange: () => [],
    close: async () => undefined,
  };
}

function nameOf({ peer, institution, messageId }: NewExchange['key']): string {
  return `${peer} ${institution} ${messageId}`;
}

const NOTHING = { bytes: new Uint8Array(), contentType: '' };

/** Memory is not what is measured. */
function withoutBytes(leg: Leg): Leg {
  return { ...leg, request: '', sent: NOTHING };
}
