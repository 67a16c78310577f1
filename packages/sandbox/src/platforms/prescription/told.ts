/** What the simulated centre tells of a prescription, in pieces that several answers have. */
import { children, leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import { firstNode } from './book.ts';
import type { Prescription } from './book.ts';

/** Number and 处方状态. Codes 1 to 3 are attested. */
export function standingOf({ number, life }: Prescription, now: number): JsonObject {
  const stage = life.stage(now);
  const [code, name] =
    stage === 'expired' ? ['2', '已失效'] : stage === 'revoked' ? ['3', '已撤销'] : ['1', '有效'];
  return { hiRxno: number, rxStasCodg: code, rxStasName: name };
}

/** 使用状态 and what is left of the uses. The codes of 使用状态 are unknown: these are the sandbox's own. */
export function usedOf({ checked, life }: Prescription, now: number): JsonObject {
  const stage = life.stage(now);
  const [code, name] =
    stage === 'partly'
      ? ['1', '部分取药']
      : stage === 'dispensed'
        ? ['2', '已取药']
        : stage === 'settled'
          ? ['3', '已结算']
          : ['0', '未使用'];
  const isReusable = leaf(checked, 'reptFlag') === '1';
  return {
    rxUsedStasCodg: code,
    rxUsedStasName: name,
    reptFlag: isReusable ? '1' : '0',
    reptdCnt: String(life.usesMade()),
    ...(isReusable && {
      maxReptCnt: leaf(checked, 'maxReptCnt'),
      minInrvDays: leaf(checked, 'minInrvDays'),
    }),
  };
}

const ROOT = [
  [
    'prscTime',
    'rxDrugCnt',
    'rxUsedWayCodg',
    'rxUsedWayName',
    'rxFrquCodg',
    'rxFrquName',
    'rxDosunt',
    'rxDoscnt',
  ],
  ['rxDrordDscr', 'valiDays', 'valiEndTime', 'rxTypeCode', 'longRxFlag', 'bizTypeCode', 'rxExraAttrCode'],
].flat();
const VISIT = [
  [
    'medType',
    'iptOtpNo',
    'otpIptFlag',
    'patnName',
    'patnAge',
    'patnHgt',
    'patnWt',
    'gend',
    'gesoVal',
    'nwbFlag',
    'nwbAge',
  ],
  ['suckPrdFlag', 'algsHis', 'prscDeptName', 'prscDrName', 'mdtrtTime', 'diseCodg', 'diseName', 'spDiseFlag'],
  ['maindiagCode', 'maindiagName', 'diseCondDscr', 'fstdiagFlag'],
].flat();

/** Root members of the prescription and its visit. */
export function visitOf({ checked, uploaded }: Prescription): JsonObject {
  const visit = firstNode(checked, 'mdtrtinfo');
  return {
    ...picked(checked, ROOT),
    rxOtpinfo: {
      ...picked(visit, VISIT),
      insutype: '310',
      pharName: leaf(uploaded ?? {}, 'pharName'),
      pharChkTime: leaf(uploaded ?? {}, 'pharChkTime'),
    },
  };
}

/** The drugs, each with 取药标志. */
export function drugsOf({ checked, life }: Prescription, now: number): readonly JsonObject[] {
  const isTaken = ['dispensed', 'settled'].includes(life.stage(now));
  return children(checked, 'rxdrugdetail').map((drug) => ({
    ...drug,
    drugProdname: leaf(drug, 'drugProdname') || leaf(drug, 'drugGenname'),
    drugTotlcntEmp: leaf(drug, 'drugDosunt'),
    takeDrugFlag: isTaken ? '1' : '0',
  }));
}

function picked(node: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (leaf(node, name) === '' ? [] : [[name, leaf(node, name)]])),
  );
}
