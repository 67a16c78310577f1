/** Ways in which a platform is wrong that data cannot say, by name. */
import type { PlatformAnswer, PlatformHandler } from '@yiqiao/sandbox';
import { leaf } from '../../run/own-reading.ts';
import { withoutRare } from '../bodies.ts';

type PlatformRefusal = Extract<PlatformAnswer, { readonly refusal: string }>;

type Behaviour = () => (handler: PlatformHandler) => PlatformHandler;

/** By name. */
export const PLATFORM_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'bills-twice': () => {
    const used = new Set<string>();
    return (handler) => (request) => {
      const busNo = leaf(request.body, 'busNo');
      if (!request.operation.startsWith('inv') || busNo === '') return handler(request);
      const isRepeated = used.has(busNo);
      used.add(busNo);
      return handler(isRepeated ? { ...request, body: { ...request.body, busNo: `${busNo}B` } } : request);
    };
  },
  'repeats-a-number': () => {
    let inForce = '';
    return (handler) => (request) => {
      const answer = handler(request);
      if (request.operation === 'writeOffEBill') inForce = '';
      if (!request.operation.startsWith('inv') || !('body' in answer)) return answer;
      const billNo = inForce === '' ? leaf(answer.body, 'billNo') : inForce;
      inForce = billNo;
      return { body: { ...answer.body, billNo } };
    };
  },
  'red-has-the-old-number': () => (handler) => (request) => {
    const answer = handler(request);
    if (request.operation !== 'writeOffEBill' || !('body' in answer)) return answer;
    return { body: { ...answer.body, eScarletBillNo: leaf(request.body, 'billNo') } };
  },
  'writes-off-twice': () => (handler) => (request) => {
    const answer = handler(request);
    if ('body' in answer || request.operation !== 'writeOffEBill' || answer.code !== 'E0202') return answer;
    return {
      body: { eScarletBillBatchCode: '99060121', eScarletBillNo: `9${leaf(request.body, 'billNo')}` },
    };
  },
  'no-new-bill': () => {
    const [visits, over] = [new Map<string, string>(), new Set<string>()];
    return (handler) => (request) => {
      const visit = leaf(request.body, 'patientNo');
      if (over.has(visit)) return { refusal: '该次就诊已开票' };
      const answer = handler(request);
      if (!('body' in answer)) return answer;
      if (visit !== '') visits.set(leaf(answer.body, 'billNo'), visit);
      if (request.operation === 'writeOffEBill') over.add(visits.get(leaf(request.body, 'billNo')) ?? '');
      return answer;
    };
  },
  'finds-too-much': () => {
    let last: PlatformAnswer | undefined;
    return (handler) => (request) => {
      const answer = handler(request);
      if (request.operation !== 'getEBillByBusNo' || !('body' in answer)) return answer;
      if (leaf(answer.body, 'billNo') !== '') last = answer;
      return last ?? { body: { ...answer.body, billNo: '0000000001' } };
    };
  },
  'void-paper-still-hinders': hindered('writeOffEBill', {
    by: 'turnPaper',
    member: 'billNo',
    refusal: '票据已换开',
  }),
  'new-number-each-time': () => {
    let serial = 0;
    const known = new Set<string>();
    return (handler) => (request) => {
      const answer = handler(request);
      const number = leaf(request.body, 'hospRxno');
      if (request.operation !== '7101' || !('body' in answer)) return answer;
      if (known.has(number)) return { body: { ...answer.body, hiRxno: `RXNEW${(serial += 1)}` } };
      known.add(number);
      return answer;
    };
  },
  'one-number-for-all': oneForAll('7101', 'hiRxno'),
  'loses-rare': () => (handler) => (request) => handler({ ...request, body: withoutRare(request.body) }),
  'dispenses-a-replay': () => {
    let serial = 0;
    const told = new Set<string>();
    return (handler) => (request) => {
      const answer = handler(request);
      if (request.operation !== '7207' || !('body' in answer)) return answer;
      const isFirst = !told.has(leaf(answer.body, 'selStooutSn'));
      told.add(leaf(answer.body, 'selStooutSn'));
      return isFirst ? answer : { body: { ...answer.body, selStooutSn: `OUTNEW${(serial += 1)}` } };
    };
  },
  'no-second-life': hindered('7206', { by: '7208', member: 'hiRxno', refusal: '处方已退药', code: '1002' }),
  'uploads-twice': () => {
    let serial = 0;
    const used = new Set<string>();
    return (handler) => (request) => {
      const number = leaf(request.body, 'medOrgOrd');
      if (request.operation !== '6201' || number === '') return handler(request);
      if (used.has(number))
        return handler({ ...request, body: { ...request.body, medOrgOrd: `B${(serial += 1)}` } });
      used.add(number);
      return handler(request);
    };
  },
  'one-order-for-all': oneForAll('6201', 'payOrdId'),
  'pays-a-replay': () => (handler) => (request) => {
    const answer = handler(request);
    if (request.operation !== '6202' || 'body' in answer || !answer.refusal.includes('不允许支付'))
      return answer;
    return { body: { ordStas: '3', payOrdId: leaf(request.body, 'payOrdId') } };
  },
  'syncs-once': hindered('6204', { by: '6204', member: 'payOrdId', refusal: '订单已同步' }),
  'refunds-a-replay': () => {
    let serial = 0;
    const done = new Set<string>();
    return (handler) => (request) => {
      const answer = handler(request);
      if (request.operation !== '6203') return answer;
      const number = leaf(request.body, 'payOrdId');
      if ('body' in answer) done.add(number);
      if ('body' in answer || !done.has(number) || !answer.refusal.includes('状态')) return answer;
      return {
        body: {
          refdSn: `RNEW${(serial += 1)}`,
          hiFefdSn: 'H',
          hiTrnsDate: '20261120',
          hiTrnsTime: '100000',
          refStatus: 'SUCC',
        },
      };
    };
  },
  'chokes-on-rare': () => (handler) => (request) =>
    /[\u{10000}-\u{10ffff}]/u.test(JSON.stringify(request.body))
      ? { refusal: '报文含有无法识别的字符' }
      : handler(request),
  'falls-over-far-days': () => (handler) => (request) => {
    if (/"2526/.test(JSON.stringify(request.body))) throw new Error('the simulated platform fell over');
    return handler(request);
  },
  'says-no-reason': () => (handler) => (request) => {
    const answer = handler(request);
    return 'refusal' in answer ? { ...answer, refusal: '' } : answer;
  },
};

/** Tells the first number that was given for every one after it. */
function oneForAll(operation: string, member: string): Behaviour {
  return () => {
    let first = '';
    return (handler) => (request) => {
      const answer = handler(request);
      if (request.operation !== operation || !('body' in answer)) return answer;
      first ||= leaf(answer.body, member);
      return { body: { ...answer.body, [member]: first } };
    };
  };
}

/** Refuses an operation on what this other one, or it itself, was done to before. */
function hindered(
  operation: string,
  { by, member, ...refused }: { readonly by: string; readonly member: string } & PlatformRefusal,
): Behaviour {
  return () => {
    const done = new Set<string>();
    return (handler) => (request) => {
      const key = leaf(request.body, member);
      if (request.operation === operation && done.has(key)) return refused;
      const answer = handler(request);
      if (request.operation === by && 'body' in answer) done.add(key);
      return answer;
    };
  };
}
