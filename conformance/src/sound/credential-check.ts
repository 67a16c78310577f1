/** What the kit about credentials asks beyond the sandbox: a credential belongs to the person that the message names. */
import type { CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { child, isNode, leaf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import type { Template } from '../kits/types.ts';
import { SETTLEMENTS, TRIALS } from './courses.ts';

/** Transactions that show a credential; purchases have it in a node of their own. */
const SHOWING: readonly string[] = ['1101', ...TRIALS, ...SETTLEMENTS];

/** Which member of a test person has the number of a credential: 01 e-credential, 02 identity card, 03 social-security card. */
export const CREDENTIAL_MEMBERS: Readonly<Record<string, string>> = {
  '01': 'token',
  '02': 'certno',
  '03': 'card_no',
};

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
  const data = { ...child(input, 'data'), ...child(input, 'druginfo') };
  const number = leaf(data, 'mdtrt_cert_no');
  if (!SHOWING.includes(infno) || number === '') return undefined;
  const member = CREDENTIAL_MEMBERS[leaf(data, 'mdtrt_cert_type')];
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
