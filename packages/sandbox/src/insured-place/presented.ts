/** Whether what a message says of a person is that person's; what it leaves out is not compared. */
import { leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Person } from './persons.ts';

/** Whether 证件号码 `certno` is the person's, or absent. */
export function isOwnNumber({ certno }: Person, data: JsonObject): boolean {
  const said = leaf(data, 'certno').toUpperCase();
  return said === '' || said === certno;
}

/** Whether identity card (02) or social-security card (03) are the person's; a token (01) is new with each visit. */
export function isOwnCredential({ certno, card }: Person, data: JsonObject): boolean {
  const [kind, number] = [leaf(data, 'mdtrt_cert_type'), leaf(data, 'mdtrt_cert_no').toUpperCase()];
  if (kind === '02') return number === '' || number === certno;
  return kind !== '03' || number === '' || number === card.number.toUpperCase();
}

/** Whether 参保地医保区划 of the envelope is in the person's pooling area, or absent. */
export function isOwnPlace({ insuredPlace }: Person, envelope: JsonObject): boolean {
  const said = leaf(envelope, 'insuplc_admdvs');
  return said === '' || said.slice(0, 4) === insuredPlace.slice(0, 4);
}
