/**
 * An insured place that shares nothing with the sandbox or the product: plain HTTP and JSON, tables written by hand. It
 * identifies people, tells entitlements and sums, and takes referrals; money it does not know.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Ways in which it can be wrong. */
export type Slip =
  'other-person-by-card' | 'rare-characters' | 'withdraws-twice' | 'one-number' | 'any-scheme';

type Members = Record<string, unknown>;

/** A running system. */
export interface PlainSystem {
  readonly url: string;
  close(): void;
}

const ME = {
  psn_no: '33010000000000000000000001',
  psn_cert_type: '01',
  certno: '000000199001010018',
  psn_name: '测试甲',
  gend: '1',
  naty: '1',
  brdy: '1990-01-01',
  age: 36.8,
};
const RESIDENT = '33010000000000000000000002';
const CREDENTIALS: Record<string, string> = {
  '01': '330100EC00000000000000000001',
  '02': ME.certno,
  '03': 'K3301000001',
};
const CARD_SERIAL = '330100SN00000000000000000001';
const LENGTHS: Record<string, number> = { trt_dcla_detl_sn: 30, psn_no: 30, memo: 500 };

/** Required members of each transaction: its node and their names. */
const REQUIRED: Record<string, readonly [node: string, names: string]> = {
  1101: ['data', 'mdtrt_cert_type mdtrt_cert_no psn_cert_type certno psn_name'],
  2001: ['data', 'psn_no insutype fixmedins_code med_type begntime'],
  5206: ['data', 'psn_no'],
  2501: [
    'refmedin',
    'psn_no diag_code diag_name reflin_medins_no reflin_medins_name mdtrtarea_admdvs refl_type refl_date refl_rea refl_opnn',
  ],
  2502: ['data', 'trt_dcla_detl_sn psn_no'],
  5304: ['data', 'psn_no begntime'],
};

class Refusal extends Error {}

/** How many members a text of JSON has: a member twice is lost when it is read. */
function membersIn(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

type Work = Readonly<Record<string, (data: Members, msgid: string) => unknown>>;

type Slipped = (slip: Slip) => boolean;

/** Refuses for somebody who is not insured here. */
function checkPerson(number: unknown): void {
  if (number !== ME.psn_no && number !== RESIDENT) throw new Refusal('查无此人');
}

/** What is told of persons, by transaction. */
function ofPersons(slipped: Slipped): Work {
  return {
    1101: (data) => {
      const kind = String(data['mdtrt_cert_type']);
      if (kind === '03' && data['card_sn'] !== CARD_SERIAL) throw new Refusal('卡识别码不符');
      if (data['mdtrt_cert_no'] !== CREDENTIALS[kind]) throw new Refusal('查无此人');
      if (data['certno'] !== ME.certno) throw new Refusal('证件号码不符');
      if (data['psn_name'] !== ME.psn_name) throw new Refusal('姓名不符');
      const wrong = kind === '03' && slipped('other-person-by-card');
      const insured = {
        balc: 200,
        insutype: '310',
        psn_type: '11',
        psn_insu_stas: '1',
        psn_insu_date: '2015-07-01',
        cvlserv_flag: '0',
        insuplc_admdvs: '330100',
        emp_name: '示例单位',
      };
      return { baseinfo: { ...ME, ...(wrong && { psn_no: RESIDENT }) }, insuinfo: [insured], idetinfo: [] };
    },
    2001: (data) => {
      checkPerson(data['psn_no']);
      const resident = data['psn_no'] === RESIDENT;
      if (data['insutype'] !== (resident ? '390' : '310') && !slipped('any-scheme'))
        throw new Refusal('险种不符');
      const opened = data['med_type'] !== '14' || data['dise_codg'] === 'M03900';
      const fund = resident ? '390100' : '310100';
      const row = { psn_no: data['psn_no'], trt_chk_type: '01', fund_pay_type: fund, begndate: '2026-01-01' };
      return { trtinfo: [{ ...row, trt_enjymnt_flag: opened ? '1' : '0' }] };
    },
    5206: (data) => {
      checkPerson(data['psn_no']);
      const month = (data['cum_ym'] ?? '202611') as string;
      return {
        cuminfo: [{ insutype: '310', year: month.slice(0, 4), cum_ym: month, cum_type_code: 'P01', cum: 0 }],
      };
    },
  };
}

/** Referrals, by transaction. */
function ofReferrals(slipped: Slipped): Work {
  const referrals = new Map<string, Members & { withdrawn?: boolean }>();
  const numbers = new Map<string, string>();
  return {
    2501: (data, msgid) => {
      checkPerson(data['psn_no']);
      const number = numbers.get(msgid) ?? `R${numbers.size + 1}`;
      numbers.set(msgid, number);
      referrals.set(number, data);
      return { result: { trt_dcla_detl_sn: number } };
    },
    2502: (data) => {
      const found = referrals.get(String(data['trt_dcla_detl_sn']));
      if (found === undefined || found['psn_no'] !== data['psn_no']) throw new Refusal('查无此转诊');
      if (found.withdrawn === true && !slipped('withdraws-twice')) throw new Refusal('已撤销');
      found.withdrawn = true;
      return null;
    },
    5304: (data) => {
      checkPerson(data['psn_no']);
      const own = { dcla_souc: '01', begndate: '2026-11-20', hosp_agre_refl_flag: '1', insutype: '310' };
      const [first = '', last = ''] = [data['begntime'], data['endtime'] ?? '9999'].map((time) =>
        String(time).slice(0, 10),
      );
      const rows = [...referrals.values()].filter(
        ({ withdrawn, psn_no: of, refl_date: day }) =>
          withdrawn !== true && of === data['psn_no'] && String(day) >= first && String(day) <= last,
      );
      const told = rows.map(({ withdrawn: _no, ...row }) => ({ ...own, ...ME, ...row }));
      const text = JSON.stringify({ refmedin: told });
      const kept = slipped('rare-characters') ? text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?') : text;
      return JSON.parse(kept) as unknown;
    },
  };
}

/** What a message is answered, but for numbers and times. @throws Refusal, SyntaxError */
function answerTo(text: string, work: Work): Members {
  const message = JSON.parse(text) as Members;
  if (membersIn(text) !== membersIn(JSON.stringify(message))) throw new Refusal('成员重复');
  const { infno, msgid } = message;
  if (typeof infno !== 'string' || typeof msgid !== 'string') throw new Refusal('报文头不是字符串');
  const act = work[infno];
  const [node = '', names = ''] = REQUIRED[infno] ?? [];
  const data = ((message['input'] as Members | undefined)?.[node] ?? {}) as Members;
  if (act === undefined) throw new Refusal('没有此交易');
  for (const name of names.split(' ')) if (!data[name]) throw new Refusal(`缺少 ${name}`);
  for (const [name, value] of Object.entries(data)) {
    if (/(?:date|time)$/.test(name) && String(value).startsWith('2026-02-30'))
      throw new Refusal(`${name} 不是日期`);
    if (String(value).length > (LENGTHS[name] ?? Infinity)) throw new Refusal(`${name} 过长`);
  }
  return { infcode: 0, err_msg: '', output: act(data, msgid) };
}

/** Starts it with these slips; `now`: epoch milliseconds of its clock, which stands. */
export async function startPlainSystem(slips: readonly Slip[], now: number): Promise<PlainSystem> {
  const slipped: Slipped = (slip) => slips.includes(slip);
  const work = { ...ofPersons(slipped), ...ofReferrals(slipped) };
  const time = new Date(now + 8 * 3_600_000).toISOString().replaceAll(/\D/g, '');
  let answered = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answered += 1;
      const number = slipped('one-number') ? 1 : answered;
      const head = {
        inf_refmsgid: `330100${time.slice(0, 14)}${String(number).padStart(10, '0')}`,
        refmsg_time: time,
        respond_time: time,
      };
      try {
        response.end(JSON.stringify({ ...head, ...answerTo(Buffer.concat(chunks).toString(), work) }));
      } catch (error) {
        const text = error instanceof Refusal ? error.message : '报文无法识别';
        response.end(JSON.stringify({ ...head, infcode: -1, err_msg: text, output: null }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}
