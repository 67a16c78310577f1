/** What the predecessor's transactions do, told to national systems; with the registrations that are in force. */
import type { DialectChange } from '../faulty/types.ts';
import { child, children, leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { Refusal } from './national-asker.ts';
import type { AskNational } from './national-asker.ts';
import { feesOf, identityOf, settlementOf, visitOf } from './predecessor-terms.ts';

/** A registration that is in force. */
interface Visit {
  readonly person: OwnObject;
  readonly recordNumber: string;
  /** Its settlement in force: id, and the transid of its charge. */
  settled?: { readonly id: string; readonly transid: string };
}

type Step = (input: OwnObject, asking: AskNational) => Promise<OwnObject | undefined>;

/** A step for each transaction, by its number. */
export function createPredecessorSteps(change: DialectChange): Readonly<Record<string, Step>> {
  const visits = new Map<string, Visit>();
  return { ...careSteps(visits, change), ...moneySteps(visits, change) };
}

function visitAt(visits: ReadonlyMap<string, Visit>, input: OwnObject): Visit {
  const visit = visits.get(leaf(input, 'ykc700'));
  if (visit === undefined) throw new Refusal('未查询到就诊登记', { cause: 'visit' });
  return visit;
}

function ofSettlement(
  visits: ReadonlyMap<string, Visit>,
  found: (settled: NonNullable<Visit['settled']>) => boolean,
): Visit {
  const visit = [...visits.values()].find(({ settled }) => settled !== undefined && found(settled));
  if (visit === undefined) throw new Refusal('未查询到结算信息', { cause: 'settlement' });
  return visit;
}

function careSteps(visits: Map<string, Visit>, change: DialectChange): Readonly<Record<string, Step>> {
  return {
    '0211': async (input, asking) => identityOf(await identify(input, asking)),
    async '0212'(input, asking) {
      const person = await identify(input, asking);
      const [known] = [...visits].find(([, one]) => numberOf(one.person) === numberOf(person)) ?? [];
      if (change.reuses === true && known !== undefined) return { ykc700: known, ...identityOf(person) };
      const number = leaf(input, 'akc190');
      const registered = await asking('2201', visitOf(input, person), 'care');
      const id = leaf(child(registered, 'data'), 'mdtrt_id');
      visits.set(id, { person, recordNumber: number });
      const [insurance = {}] = children(person, 'insuinfo');
      return { ykc700: id, ...identityOf(person), aae140: leaf(insurance, 'insutype') };
    },
    async '0214'(input, asking) {
      const visit = visitAt(visits, input);
      if (visit.settled !== undefined && change.overlooks?.includes('0214/settled') !== true)
        throw new Refusal('该就诊已结算，请先回退结算', { cause: 'settled' });
      const { person, recordNumber } = visit;
      const data = {
        psn_no: numberOf(person),
        mdtrt_id: leaf(input, 'ykc700'),
        ipt_otp_no: recordNumber,
      };
      await asking('2202', { data }, 'care');
      visits.delete(leaf(input, 'ykc700'));
      return undefined;
    },
    async '0301'(input, asking) {
      const visit = visitAt(visits, input);
      await asking('2204', feesOf(input, numberOf(visit.person)), 'care');
      return undefined;
    },
    async '0302'(input, asking) {
      const visit = visitAt(visits, input);
      const data = {
        psn_no: numberOf(visit.person),
        mdtrt_id: leaf(input, 'ykc700'),
        chrg_bchno: '0000',
      };
      await asking('2205', { data }, 'care');
      return undefined;
    },
  };
}

function moneySteps(visits: Map<string, Visit>, change: DialectChange): Readonly<Record<string, Step>> {
  return {
    async '0304'(input, asking) {
      const visit = visitAt(visits, input);
      const { asked, told } = settlementOf(input, visit.person);
      const answer = await asking('2207', asked, 'insured');
      const output = told(answer);
      visit.settled = { id: leaf(output, 'aaz216'), transid: leaf(input, 'transid') };
      return output;
    },
    async '0305'(input, asking) {
      const visit = ofSettlement(visits, ({ id }) => id === leaf(input, 'aaz216'));
      const data = {
        psn_no: numberOf(visit.person),
        mdtrt_id: leaf(input, 'ykc700'),
        setl_id: leaf(input, 'aaz216'),
      };
      await asking('2208', { data }, 'insured');
      delete visit.settled;
      return undefined;
    },
    async '1301'(input, asking) {
      const visit = ofSettlement(visits, ({ transid }) => transid === leaf(input, 'otransid'));
      const data = { psn_no: numberOf(visit.person), omsgid: leaf(input, 'otransid'), oinfno: '2207' };
      await asking('2601', { data }, 'insured');
      if (change.keeps !== true) delete visit.settled;
      return undefined;
    },
  };
}

/** Person and insurances by 1101. */
async function identify(input: OwnObject, asking: AskNational): Promise<OwnObject> {
  const certno = leaf(input, 'aac044');
  const data = {
    mdtrt_cert_type: '02',
    mdtrt_cert_no: certno,
    card_sn: '',
    begntime: '',
    psn_cert_type: '01',
    certno,
    psn_name: '',
  };
  return await asking('1101', { data }, 'insured');
}

function numberOf(person: OwnObject): string {
  return leaf(child(person, 'baseinfo'), 'psn_no');
}
