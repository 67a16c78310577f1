/** The settings of a connection held against what its profile asks for. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { CredentialRule, SigningProfile, VariantRule } from '../signing-profile.ts';
import type { ProtectionSettings } from './contract.ts';

/** Settings that are complete. */
export interface ChosenSettings {
  /** A credential that the profile demands. */
  credential(name: string): string;
  /** A credential that may be absent. */
  optional(name: string): string | undefined;
  /** The connection's choice, or the profile's default. */
  variant(name: string): string;
  /** A choice that is a whole number; `undefined` for `off`. */
  count(name: string): number | undefined;
}

/** @throws GatewayError `CONFIG_INVALID` with every setting that is missing, unknown or unfit; no secret is shown. */
export function chooseSettings(profile: SigningProfile, settings: ProtectionSettings): ChosenSettings {
  const { credentials = {}, variants = {} } = settings;
  const credentialRules = profile.credentials ?? [];
  const variantRules = profile.variants ?? [];
  const faults = [
    ...unknownNames(credentials, { known: credentialRules, at: 'credentials' }),
    ...unknownNames(variants, { known: variantRules, at: 'variants' }),
    ...credentialRules.flatMap((rule) => credentialFaults(rule, own(credentials, rule.name))),
    ...variantRules.flatMap((rule) => variantFaults(rule, own(variants, rule.name) ?? rule.default)),
  ];
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults, facts: { profile: profile.id } });
  const chosen = new Map(variantRules.map((rule) => [rule.name, own(variants, rule.name) ?? rule.default]));
  return {
    credential: (name) => own(credentials, name) ?? '',
    optional: (name) => own(credentials, name),
    variant: (name) => chosen.get(name) ?? '',
    count: (name) => (chosen.get(name) === 'off' ? undefined : Number(chosen.get(name))),
  };
}

function own(given: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

function unknownNames(
  given: Readonly<Record<string, string>>,
  { known, at }: { known: readonly { readonly name: string }[]; at: string },
): Fault[] {
  const names = known.map(({ name }) => name);
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) =>
      fault(`/${at}/${name}`, {
        label: { zh: name, en: name },
        zh: `该签名方案没有此项；现有：${names.join('、') || '无'}。`,
        en: `This signing profile has no such setting; known: ${names.join(', ') || 'none'}.`,
      }),
    );
}

function credentialFaults(rule: CredentialRule, value: string | undefined): Fault[] {
  const { label } = rule;
  const at = `/credentials/${rule.name}`;
  if (value === undefined || value === '') {
    if (rule.optional === true && value === undefined) return [];
    return [
      fault(at, { label, zh: `缺少${label.zh}，请填写。`, en: `The ${label.en} is missing; give it.` }),
    ];
  }
  const size = Buffer.byteLength(value);
  const { length, minLength } = rule;
  if (length !== undefined && size !== length)
    return [
      fault(at, {
        label,
        zh: `${label.zh}须为 ${length} 个字节，现为 ${size} 个。`,
        en: `The ${label.en} has ${length} bytes, not ${size}.`,
      }),
    ];
  if (minLength !== undefined && size < minLength)
    return [
      fault(at, {
        label,
        zh: `${label.zh}至少 ${minLength} 个字节，现为 ${size} 个。`,
        en: `The ${label.en} has at least ${minLength} bytes, not ${size}.`,
      }),
    ];
  return [];
}

function variantFaults(rule: VariantRule, value: string): Fault[] {
  const isFit =
    rule.values?.includes(value) ??
    (rule.name !== 'toleranceSeconds' || value === 'off' || /^[1-9]\d{0,8}$/.test(value));
  if (isFit) return [];
  const expected = rule.values?.join(', ') ?? '1 … 999999999, off';
  return [
    fault(`/variants/${rule.name}`, {
      label: rule.label,
      zh: `${rule.label.zh}只能取：${expected}。`,
      en: `The ${rule.label.en} is one of: ${expected}.`,
    }),
  ];
}

/** A fault at a place below the settings of the connection. */
export function fault(at: string, text: { label: Fault['label']; zh: string; en: string }): Fault {
  const { label, zh, en } = text;
  return { rule: 'signing', at, field: at.slice(at.lastIndexOf('/') + 1), label, message: { zh, en } };
}
