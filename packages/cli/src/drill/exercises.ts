/** What goes wrong in an emergency drill (应急演练), what people should see and do, and how it must end. */
import { runVisit, visitScripts } from '@yiqiao/sandbox';
import type { Receipt } from '@yiqiao/sandbox';
import type { AdminRole } from '@yiqiao/gateway';
import { askAdmin } from '../admin-client.ts';
import { booksAgree, readBooks } from '../ledgers.ts';
import type { World } from '../world.ts';
import { killMidway } from './killed-gateway.ts';

/** A text for the people at their desks. */
interface Words {
  readonly zh: string;
  readonly en: string;
}

/** How an exercise came out. */
export interface Outcome {
  readonly ok: boolean;
  /** What was seen, for the record of the drill. */
  readonly seen: readonly Words[];
}

/** One exercise. */
export interface Exercise {
  readonly id: string;
  readonly title: Words;
  /** What is broken. */
  readonly breaks: Words;
  /** Alerts of docs/operations.md that it would raise. */
  readonly alerts: readonly string[];
  /** What the people on duty do. */
  readonly duty: Words;
  run(world: World): Promise<Outcome>;
}

const INSURED_REGION = '330000';

/** The exercises in their order. */
export const EXERCISES: readonly Exercise[] = [
  {
    id: 'answer-lost',
    title: { zh: '结算应答丢失', en: 'The answer to a settlement is lost' },
    breaks: { zh: '参保地已结算，应答途中断线。', en: 'The insured place settles, then the line breaks.' },
    alerts: [],
    duty: {
      zh: '窗口用原报文重发，不换新报文；网关自动冲正并告知可重新收费。',
      en: 'The cashier sends the same message again, never a new one; the gateway takes it back and says: charge again.',
    },
    run: (world) => settleDespite(world, 'lose-reply'),
  },
  {
    id: 'wrong-signature',
    title: { zh: '应答验签失败', en: 'An answer with a wrong signature' },
    breaks: { zh: '参保地应答的签名不是它的。', en: 'The answer is signed by a stranger.' },
    alerts: ['YiqiaoAnswersUnusable'],
    duty: {
      zh: '与对端核对证书；网关不采信该应答，按结果未明处理并冲正。',
      en: 'Check certificates with the far side; the gateway believes no such answer, and takes the settlement back.',
    },
    run: (world) => settleDespite(world, 'wrong-signature'),
  },
  {
    id: 'far-side-down',
    title: { zh: '参保地停机与恢复', en: 'The insured place goes away and comes back' },
    breaks: { zh: '参保地核心系统接连报错。', en: 'The core of the insured place fails again and again.' },
    alerts: ['YiqiaoPeerDown', 'YiqiaoManyErrors'],
    duty: {
      zh: '`yiqiao peers list` 确认，通知对端；窗口请参保人先自费。恢复后无需操作。',
      en: '`yiqiao peers list`, tell the far side; people pay themselves meanwhile. Nothing needs doing once it is back.',
    },
    run: loseFarSide,
  },
  {
    id: 'gateway-killed',
    title: { zh: '网关在结算途中被杀', en: 'The gateway is killed while a settlement is under way' },
    breaks: {
      zh: '就医地网关进程被 kill -9，随后重启。',
      en: 'The care-place gateway dies by kill -9 and is started again.',
    },
    alerts: ['YiqiaoDown'],
    duty: {
      zh: '重启网关即可；窗口用原报文重发。',
      en: 'Start it again; the cashier sends the same message again.',
    },
    run: async (world) => concludeSettled(world, await killMidway(world, scriptA())),
  },
  {
    id: 'person-decides',
    title: { zh: '冲正被拒，转人工', en: 'A reversal is refused and a person decides' },
    breaks: {
      zh: '结算应答丢失，参保地又拒绝冲正。',
      en: 'The answer is lost, and the insured place refuses to take the settlement back.',
    },
    alerts: ['YiqiaoWaitingForPerson'],
    duty: {
      zh: '`yiqiao exchanges list` 找到它，电话核实，`yiqiao exchanges resolve` 登记；登记进入审计日志。',
      en: 'Find it by `yiqiao exchanges list`, ask by telephone, put it on record by `exchanges resolve`; the audit log has it.',
    },
    run: decide,
  },
];

function scriptA(): ReturnType<typeof visitScripts>[number] {
  const [first] = visitScripts(INSURED_REGION);
  if (first === undefined) throw new Error('no visit to run');
  return first;
}

async function settleDespite(world: World, kind: 'lose-reply' | 'wrong-signature'): Promise<Outcome> {
  world.insuredCore.faults.next({ kind, infno: '2207' });
  return concludeSettled(world, await runVisit(world.his.national, scriptA()));
}

/** Settled once, and everybody has the same on the books. */
async function concludeSettled(world: World, receipt: Receipt): Promise<Outcome> {
  await Promise.all(Object.values(world.gateways).map((gateway) => gateway.idle()));
  const books = await readBooks(world, 'national', { id: receipt.visitId, his: receipt.ledger });
  const equal = booksAgree(books);
  const rows = books.map(({ party, rows: count }) => `${party} ${count}`).join(', ');
  return {
    ok: receipt.outcome.code === 'settled' && equal,
    seen: [
      { zh: receipt.outcome.zh, en: receipt.outcome.en },
      {
        zh: `各方台账${equal ? '一致' : '不一致'}：${rows}`,
        en: `books ${equal ? 'equal' : 'NOT EQUAL'}: ${rows}`,
      },
    ],
  };
}

/** More failures in a row than a far side is forgiven. */
const FAILURES = 12;
const BACK_WITHIN_MS = 15_000;

async function loseFarSide(world: World): Promise<Outcome> {
  const { faults } = world.insuredCore;
  faults.next({ kind: 'http-500', times: 1_000 });
  let state = 'ok';
  for (let visit = 0; visit < FAILURES && state === 'ok'; visit += 1) {
    await runVisit(world.his.national, scriptA());
    state = await stateOfCore(world);
  }
  faults.clear();
  const until = Date.now() + BACK_WITHIN_MS;
  let receipt = await runVisit(world.his.national, scriptA());
  while (receipt.outcome.code !== 'settled' && Date.now() < until) {
    receipt = await runVisit(world.his.national, scriptA());
  }
  const settled = await concludeSettled(world, receipt);
  const down = { zh: `停机期间对端状态：${state}`, en: `the far side meanwhile: ${state}` };
  return { ok: state !== 'ok' && settled.ok, seen: [down, ...settled.seen] };
}

async function stateOfCore(world: World): Promise<string> {
  const { peers } = (await ask(world, 'viewer', '/admin/peers')) as {
    peers: readonly { readonly id: string; readonly state: string }[];
  };
  return peers.find(({ id }) => id === 'insured-place-core')?.state ?? 'unknown';
}

async function decide(world: World): Promise<Outcome> {
  const { faults } = world.insuredCore;
  faults.next({ kind: 'lose-reply', infno: '2207' });
  faults.next({ kind: 'refuse', infno: '2601', times: 1_000, text: '业务已入账，不予冲正' });
  const receipt = await runVisit(world.his.national, scriptA());
  faults.clear();
  const query = { state: 'handed-to-person' };
  const { exchanges } = (await ask(world, 'viewer', '/admin/exchanges', { query })) as {
    exchanges: readonly { readonly id: number }[];
  };
  const [waiting] = exchanges;
  if (waiting === undefined) {
    return { ok: false, seen: [{ zh: '人工队列为空', en: 'the manual queue is empty' }] };
  }
  const body = { as: 'answered', reason: '演练：电话核实，参保地已入账' };
  await ask(world, 'operator', `/admin/exchanges/${waiting.id}/resolve`, { body });
  const { entries } = (await ask(world, 'auditor', '/admin/audit')) as {
    entries: readonly { readonly action: string }[];
  };
  const audited = entries.some(({ action }) => action === 'exchange.resolve');
  return {
    ok: receipt.outcome.code === 'unknown' && exchanges.length === 1 && audited,
    seen: [
      { zh: receipt.outcome.zh, en: receipt.outcome.en },
      {
        zh: `人工队列 #${waiting.id} 已登记为“已办成”，审计日志${audited ? '有' : '没有'}记录`,
        en: `#${waiting.id} of the manual queue was put on record as done, ${audited ? 'audited' : 'NOT audited'}`,
      },
    ],
  };
}

/** Asks the gateway of the insured place. */
async function ask(
  world: World,
  role: AdminRole,
  path: string,
  more: { readonly query?: Record<string, string>; readonly body?: object } = {},
): Promise<unknown> {
  const options = { gateway: 'insuredPlace', data: world.folder };
  const answer = await askAdmin(options, { role, path, ...more });
  if (!answer.ok) throw new Error(`${answer.code}: ${answer.message.en}`);
  return answer.body;
}
