/** Ways in which a platform is wrong that data cannot say, by name. */
import type { PlatformAnswer, PlatformHandler } from '@yiqiao/sandbox';
import { leaf } from '../run/own-reading.ts';

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
