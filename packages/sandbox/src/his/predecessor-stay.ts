/** The wards of a predecessor HIS: 0212-0216, 0301 and 0302 of a stay. Source: legacy-xml/transactions. */
import { NOTHING, sumSplits } from '../fee-split.ts';
import type { HisVisit, MoneySteps, WardSteps } from './his.ts';
import { complaint, operatorAndDay, placeAndPerson, registerCall, uploadCall } from './predecessor-care.ts';
import type { PredecessorDesk } from './predecessor-care.ts';
import type { XmlMembers } from './soap-message.ts';
import type { Told } from './told.ts';

/** The bed a patient comes to. */
const FIRST_BED = '01';

/**
 * The steps of a stay; the charge and its undoing are those of other care. 0303 tries settlements within the province
 * and carries no split, which the other province needs.
 */
export function stayTransactions(desk: PredecessorDesk): Omit<WardSteps, keyof MoneySteps> {
  const tell = (visit: HisVisit, transNo: string, members: XmlMembers): Promise<Told<null>> =>
    desk.ask(
      desk.channel.prepare({
        transNo,
        input: { ...placeAndPerson(desk, visit.patient), ykc700: visit.id, ...members },
        read: () => null,
      }),
    );
  /** 0214, 0216 and 0302 name the message they take back; 0 stands for whatever there is. */
  const takeBack = (visit: HisVisit, transNo: string): Promise<Told<null>> =>
    tell(visit, transNo, { otransid: '0', ...operatorAndDay(desk) });
  return {
    admit: (patient, plan) => desk.ask(registerCall(desk, { patient, plan, bed: FIRST_BED })),
    changeBed: (visit, bed) =>
      tell(visit, '0213', {
        akc190: `ZY${visit.batch}`,
        ykc012: bed,
        ...complaint(desk, visit.plan),
        ykc701: desk.now().slice(0, 8),
        ...operatorAndDay(desk),
      }),
    cancelAdmission: (visit) => takeBack(visit, '0214'),
    async uploadFees(visit, items) {
      const { exchange, lines } = uploadCall(desk, { visit, items });
      const told = await desk.ask(exchange);
      if (told.state !== 'done') return told;
      setLines(visit, [...visit.lines, ...lines]);
      return { state: 'done', value: lines };
    },
    async withdrawFees(visit) {
      const told = await takeBack(visit, '0302');
      if (told.state === 'done') setLines(visit, []);
      return told;
    },
    discharge: (visit) => tell(visit, '0215', dischargeMembers(desk, visit)),
    cancelDischarge: (visit) => takeBack(visit, '0216'),
  };
}

function setLines(visit: HisVisit, lines: HisVisit['lines']): void {
  visit.lines = lines;
  visit.totals = lines.length === 0 ? NOTHING : sumSplits(lines.map(({ split }) => split));
}

/** What 0215 says besides where and who. */
function dischargeMembers({ options, now }: PredecessorDesk, { plan }: HisVisit): XmlMembers {
  return {
    akf002: '内科',
    ykc016: FIRST_BED,
    akc185: plan.diagnosis.name,
    akc196: plan.diagnosis.code,
    akc056: `D${options.region}000001`,
    ake021: '测试医师',
    ykc195: '1',
    ykc702: now().slice(0, 8),
    aae011: options.operator.name,
    ykc018: now(),
  };
}
