/** What findings tell of a field: labels from the definition, English ones from the dictionary. */
import type { FieldCodeRule } from './codes/code-types.ts';
import type { FieldFacts } from './findings.ts';
import type { CodeList } from './leaf-checks.ts';
import type { DictionaryEntry, FieldDefinition } from './types.ts';
import { effectiveType } from './wanted-form.ts';

/** Where the compiler looks names up. */
export interface Vocabulary {
  findName(wireName: string): DictionaryEntry | undefined;
  /** The codes of a value set; region codes are known by their pooling area, not by a list. */
  findCodes(name: string): CodeList | undefined;
  /** How codes in a field are written; empty when nothing is known. */
  findCodeRules(wireName: string): readonly FieldCodeRule[];
}

/** Names outside the dictionary that look like those of a person are masked as well. */
const PERSONAL = /cert_?no|card_?no|psn_?no|psn_?name|patn|tel|addr|brdy|mob|id_?card|name$/i;

/** The same by their Chinese label, for forms whose names say nothing. */
const PERSONAL_LABEL =
  /姓名|身份|证件号|证号|卡号|卡数据|磁条|凭证码|令牌|社会?保障?号|社保编号|个人编[号码]|电脑号|电话|手机|地址|出生|密码|诊断|疾病|病种/;

/** Facts of a defined field. A serial number is text for the model, whatever its type on the wire. */
export function factsOf(field: FieldDefinition, vocabulary: Vocabulary): FieldFacts {
  const entry = vocabulary.findName(field.nationalName ?? field.name);
  const serial = entry !== undefined && ['text', 'code', 'identifier'].includes(entry.kind);
  const type = effectiveType(field);
  return {
    name: field.name,
    label: { zh: field.label.zh, en: field.label.en ?? entry?.label.en ?? field.name },
    type: serial && type === 'number' ? 'string' : type,
    required: field.required,
    personal:
      entry === undefined
        ? PERSONAL.test(field.name) || PERSONAL_LABEL.test(field.label.zh)
        : entry.personal === true,
  };
}

/** Whether a defined field is money in 元. */
export function isAmount(field: FieldDefinition, vocabulary: Vocabulary): boolean {
  const entry = vocabulary.findName(field.nationalName ?? field.name);
  return entry === undefined ? field.length === '16,2' : entry.kind === 'amount';
}

/** The codes that a defined field may have: those of its value set, and those that the region adds. */
export function codesOf(
  { valueSet, ownCodes }: FieldDefinition,
  vocabulary: Vocabulary,
): CodeList | undefined {
  const list = valueSet === undefined ? undefined : vocabulary.findCodes(valueSet);
  if (list === undefined || ownCodes === undefined) return list;
  return { ...list, has: (code) => list.has(code) || Object.hasOwn(ownCodes, code) };
}

/** How codes in a defined field are written; a code list says more than a structure. */
export function codeRulesOf(field: FieldDefinition, vocabulary: Vocabulary): readonly FieldCodeRule[] {
  return field.valueSet === undefined ? vocabulary.findCodeRules(field.nationalName ?? field.name) : [];
}

/** Facts of a member that the definition does not know: masked unless the dictionary calls it harmless. */
export function unknownFacts(name: string, vocabulary: Vocabulary): FieldFacts {
  const entry = vocabulary.findName(name);
  const label = entry?.label ?? { zh: name, en: name };
  const personal = entry === undefined || entry.personal === true;
  return { name, label, type: 'string', required: false, personal };
}
