import { readFileSync } from 'node:fs';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import type { Findings } from '@yiqiao/registry';

type Reviver = (name: string, value: unknown, context: { source: string }) => unknown;

/** JSON text as the wire codec hands it on: numbers keep their text. */
export function wire(json: string): WireObject {
  const exact: Reviver = (_name, value, { source }) =>
    typeof value === 'number' ? new ExactNumber(source) : value;
  return JSON.parse(json, exact as (name: string, value: unknown) => unknown) as WireObject;
}

/** An observed message of test/fixtures: its envelope and body. */
export function observed(name: string): { envelope: WireObject; body: WireObject } {
  const { raw } = JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as {
    raw: string;
  };
  const { input, output, ...envelope } = wire(raw);
  return { envelope, body: (input ?? output) as WireObject };
}

/** `rule place` of each finding. */
export function places(found: Findings['faults']): string[] {
  return found.map(({ rule, at }) => `${rule} ${at}`);
}

/** A complete 2207 request of a synthetic person, with the given members of `data` changed; `undefined` removes one. */
export function settlementRequest(changes: Record<string, string | undefined> = {}): WireObject {
  const data: Record<string, string | undefined> = {
    psn_no: '"00000000000000000000000001"',
    mdtrt_cert_type: '"02"',
    mdtrt_cert_no: '"000000199001010018"',
    card_sn: '""',
    psn_cert_type: '"01"',
    certno: '"000000199001010018"',
    med_type: '"11"',
    medfee_sumamt: '328.50',
    psn_setlway: '"01"',
    mdtrt_id: '"S0001"',
    chrg_bchno: '"B0001"',
    insutype: '"310"',
    acct_used_flag: '"1"',
    fulamt_ownpay_amt: '20.00',
    overlmt_selfpay: '0',
    preselfpay_amt: '8.85',
    inscp_scp_amt: '299.65',
    ...changes,
  };
  const members = Object.entries(data).filter(([, value]) => value !== undefined);
  return wire(`{"data":{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}}`);
}
