/** Connections and messages for the tests: no network, a clock that stands still. */
import assert from 'node:assert/strict';
import { createDoors, createProtection } from '@yiqiao/insurance-platform';
import type { ConnectionAtOnce, Protection } from '@yiqiao/insurance-platform';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type { Clock, Fault, WireObject } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';
import type { MessageProtection } from '@yiqiao/signer';
import type { WireRequest } from '@yiqiao/wire';

/** 2026-01-01 08:00:00 in China. */
export const NOW = Date.parse('2026-01-01T08:00:00+08:00');
const clock: Clock = { now: () => NOW };
const shipped = createRegistry();

/** A connection of a profile; everything may be changed. */
export function connection(
  profileId = 'national',
  changes: Partial<ConnectionAtOnce> = {},
  registry: Registry = shipped,
): ConnectionAtOnce {
  const profile = registry.profile(profileId);
  const limits = { maxBytes: 1_000_000, maxDepth: 32, maxNodes: 10_000 };
  const doors = createDoors({ registry, clock, limits, referenceId: () => 'R'.repeat(30) });
  return {
    ...doors.of(profile),
    peer: 'peer',
    profile,
    mode: 'strict',
    registry,
    clock,
    clockToleranceMs: profile.clockToleranceMinutes * 60_000,
    referenceId: () => 'R'.repeat(30),
    mintMessageId: (institution) => `${institution}minted`,
    findRecord: () => undefined,
    findOriginal: () => undefined,
    ...changes,
  };
}

/** The protection of a connection by one profile that does only this. */
export function protectedBy(abilities: Omit<MessageProtection, 'profile'>): Protection {
  const protection = { profile: 'test', ...abilities };
  return createProtection([{ protection, peerUnsigned: false }], { codec: 'national-json' });
}

/** A national request as a codec reads it; members of `data` or the envelope may be changed or left out. */
export function request(
  transaction: string,
  data: Readonly<Record<string, WireObject[string] | undefined>>,
  envelope: Readonly<Record<string, string | undefined>> = {},
): WireRequest {
  const text = (members: object): Record<string, never> =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Record<
      string,
      never
    >;
  const body = { data: text(data) };
  return {
    transaction,
    envelope: text({
      infno: transaction,
      msgid: 'H53010000001202601010800000001',
      mdtrtarea_admvs: '530100',
      insuplc_admdvs: '330100',
      recer_sys_code: '99',
      infver: '1.0.0',
      opter_type: '1',
      opter: '0001',
      opter_name: '测试经办',
      inf_time: '2026-01-01 08:00:00',
      fixmedins_code: 'H53010000001',
      fixmedins_name: '示例医院',
      sign_no: 'Q0001',
      ...envelope,
    }),
    body,
    signedBytes: Buffer.from(JSON.stringify(body)),
    deviations: [],
  };
}

/** Members of `data` of 2207. */
export function settlementData(
  changes: Readonly<Record<string, WireObject[string] | undefined>> = {},
): Readonly<Record<string, WireObject[string] | undefined>> {
  const amount = (text: string): ExactNumber => new ExactNumber(text);
  return {
    psn_no: '00000000000000000000000001',
    mdtrt_cert_type: '02',
    mdtrt_cert_no: '000000199001010018',
    card_sn: '',
    psn_cert_type: '01',
    certno: '000000199001010018',
    med_type: '11',
    medfee_sumamt: amount('12.50'),
    psn_setlway: '01',
    mdtrt_id: 'S0001',
    chrg_bchno: 'B0001',
    insutype: '310',
    acct_used_flag: '0',
    invono: 'F0001',
    fulamt_ownpay_amt: amount('0'),
    overlmt_selfpay: amount('0'),
    preselfpay_amt: amount('0'),
    inscp_scp_amt: amount('12.50'),
    ...changes,
  };
}

/** The error that something throws. */
export function errorOf(work: () => unknown): GatewayError {
  try {
    work();
  } catch (error) {
    assert(error instanceof GatewayError, String(error));
    return error;
  }
  return assert.fail('it threw nothing');
}

/** The error that something rejects with. */
export async function rejectionOf(work: Promise<unknown>): Promise<GatewayError> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert(outcome instanceof GatewayError, String(outcome));
  return outcome;
}

/** `rule place` of each. */
export function places(found: readonly Fault[] = []): string[] {
  return found.map(({ rule, at }) => `${rule} ${at}`);
}
