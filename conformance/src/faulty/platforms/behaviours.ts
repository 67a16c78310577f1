/** Ways in which a platform is wrong that data cannot say, by name. */
import type { PlatformAnswer, PlatformHandler } from '@yiqiao/sandbox';
import { leaf, parseMessage } from '../../run/own-reading.ts';

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
  'void-paper-still-hinders': () => {
    const exchanged = new Set<string>();
    return (handler) => (request) => {
      const billNo = leaf(request.body, 'billNo');
      if (request.operation === 'writeOffEBill' && exchanged.has(billNo)) return { refusal: '票据已换开' };
      const answer = handler(request);
      if (request.operation === 'turnPaper' && 'body' in answer) exchanged.add(billNo);
      return answer;
    };
  },
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
  'one-number-for-all': () => {
    let first = '';
    return (handler) => (request) => {
      const answer = handler(request);
      if (request.operation !== '7101' || !('body' in answer)) return answer;
      first = first === '' ? leaf(answer.body, 'hiRxno') : first;
      return { body: { ...answer.body, hiRxno: first } };
    };
  },
  'loses-rare': () => (handler) => (request) => {
    const text = JSON.stringify(request.body);
    if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return handler(request);
    return handler({ ...request, body: parseMessage(text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?')) });
  },
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
  'no-second-life': () => {
    const back = new Set<string>();
    return (handler) => (request) => {
      const number = leaf(request.body, 'hiRxno');
      if (request.operation === '7206' && back.has(number)) return { refusal: '处方已退药', code: '1002' };
      const answer = handler(request);
      if (request.operation === '7208' && 'body' in answer) back.add(number);
      return answer;
    };
  },
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
  'one-order-for-all': () => {
    let first = '';
    return (handler) => (request) => {
      const answer = handler(request);
      if (request.operation !== '6201' || !('body' in answer)) return answer;
      first = first === '' ? leaf(answer.body, 'payOrdId') : first;
      return { body: { ...answer.body, payOrdId: first } };
    };
  },
  'pays-a-replay': () => (handler) => (request) => {
    const answer = handler(request);
    if (request.operation !== '6202' || 'body' in answer || !answer.refusal.includes('不允许支付'))
      return answer;
    return { body: { ordStas: '3', payOrdId: leaf(request.body, 'payOrdId') } };
  },
  'syncs-once': () => {
    const told = new Set<string>();
    return (handler) => (request) => {
      const number = leaf(request.body, 'payOrdId');
      if (request.operation === '6204' && told.has(number)) return { refusal: '订单已同步' };
      const answer = handler(request);
      if (request.operation === '6204' && 'body' in answer) told.add(number);
      return answer;
    };
  },
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
