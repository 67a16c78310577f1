/** What the kit about credentials asks beyond the sandbox: a credential belongs to the person that the message names. */
import type { CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { child, isNode, leaf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import type { Template } from '../kits/types.ts';

/** Where a transaction has the credential. */
const NODES: Readonly<Record<string, string>> = {
  '1101': 'data',
  '2206': 'data',
  '2207': 'data',
  '2303': 'data',
  '2304': 'data',
  '2101': 'druginfo',
  '2102': 'druginfo',
};

/** Which member of a test person a kind of credential has for its number. */
const NUMBERS: Readonly<Record<string, string>> = { '01': 'token', '02': 'certno', '03': 'card_no' };

/** Stands around the handlers of a system that knows these persons; `values` of the inputs. */
export function withCredentialCheck(
  values: Readonly<Record<string, Template>>,
): (handler: TransactionHandler) => TransactionHandler {
  const persons = (Object.values(values) as readonly OwnValue[]).filter(
    (value): value is OwnObject => isNode(value) && Object.hasOwn(value, 'token'),
  );
  return (handler) => (request) => {
    const refusal = objectionOf(request, persons);
    return refusal === undefined ? handler(request) : { refusal };
  };
}

function objectionOf({ infno, input }: CoreRequest, persons: readonly OwnObject[]): string | undefined {
  const data = child(input, NODES[infno] ?? '');
  const number = leaf(data, 'mdtrt_cert_no');
  if (NODES[infno] === undefined || number === '') return undefined;
  const member = NUMBERS[leaf(data, 'mdtrt_cert_type')];
  if (member === undefined) return '不支持的就诊凭证类型';
  const owner = persons.find((person) => leaf(person, member) === number);
  if (owner === undefined) return '就诊凭证无效或已过期';
  if (member === 'card_no' && leaf(owner, 'card_sn') !== leaf(data, 'card_sn'))
    return '卡识别码与社会保障卡不符';
  const certno = leaf(data, 'certno');
  if (certno !== '' && certno !== leaf(owner, 'certno')) return '证件号码与就诊凭证不是同一人';
  const psnNo = leaf(data, 'psn_no');
  return psnNo !== '' && psnNo !== leaf(owner, 'psn_no') ? '就诊凭证不属于该参保人' : undefined;
}
