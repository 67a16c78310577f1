/** What a prompt gives to whoever writes an order: lines, and the card that is shown. */
import type { Template } from '../kits/types.ts';
import { nodeIn, textIn } from '../listen/program-cashier.ts';
import type { ActWith } from '../listen/program-cashier.ts';
import { CREDENTIAL_MEMBERS } from '../sound/credential-check.ts';

/** The lines of goods or services. */
export function linesIn({ lines }: ActWith): readonly ActWith[] {
  return Array.isArray(lines) ? (lines as readonly Template[] as readonly ActWith[]) : [];
}

/** A credential that is shown: 就诊凭证类型 and number; with a social-security card (03) its 卡识别码. */
export interface ShownCard {
  readonly type: string;
  readonly number: string;
  readonly serial?: string;
}

/** The credential of the person in the prompt; an identity card (02) unless another is asked for. */
export function cardIn(given: ActWith): ShownCard {
  const person = nodeIn(given, 'person');
  const type = textIn(given, 'credential') || '02';
  return {
    type,
    number: textIn(person, CREDENTIAL_MEMBERS[type] ?? ''),
    ...(type === '03' && { serial: textIn(person, 'card_sn') }),
  };
}
