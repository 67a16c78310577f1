/** Reads settings as they come from a file, checks all of them, and tells every fault at once with its place. */
import { GatewayError, maskIdentifiers } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { SettingPlace, SettingsOf, SettingsShape } from './setting-types.ts';

/**
 * The settings that `shape` describes, complete and frozen.
 * @throws GatewayError `CONFIG_INVALID` with a fault for each setting that is missing, unknown or unfit.
 */
export function readSettings<S extends SettingsShape>(raw: unknown, shape: S): SettingsOf<S> {
  const faults: Fault[] = [];
  const settings = readSection(raw, shape, { at: '', faults });
  if (settings === undefined || faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });
  return settings as SettingsOf<S>;
}

/** The members of one section; adds faults and gives `undefined` when it is no object. */
export function readSection(
  raw: unknown,
  shape: SettingsShape,
  { at, faults }: SettingPlace,
): Readonly<Record<string, unknown>> | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    faults.push(
      settingFault(at, 'type', {
        zh: '应为“名称: 值”的对象。',
        en: 'Must be an object of names and values.',
      }),
    );
    return undefined;
  }
  const given = raw as Readonly<Record<string, unknown>>;
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(shape)) {
    const place = { at: `${at}/${name}`, faults };
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined && value !== null) {
      const read = setting.read(value, place);
      if (read !== undefined) settings[name] = read;
    } else if (setting.fallback !== undefined) settings[name] = setting.fallback.value;
    else if (!('isOptional' in setting)) {
      faults.push(settingFault(place.at, 'required', { zh: '缺少该设置。', en: 'This setting is missing.' }));
    }
  }
  faults.push(...unknownMembers(given, Object.keys(shape), at));
  return Object.freeze(settings);
}

/** A misspelt setting must not be ignored. */
function unknownMembers(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  at: string,
): Fault[] {
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) =>
      settingFault(`${at}/${name}`, 'unknown-setting', {
        zh: `没有此设置；可用：${known.join('、')}。`,
        en: `There is no such setting; known here: ${known.join(', ')}.`,
      }),
    );
}

/** One fault of a setting. */
export function settingFault(at: string, rule: string, message: Fault['message'], found?: string): Fault {
  const field = maskIdentifiers(at.slice(at.lastIndexOf('/') + 1));
  return {
    rule,
    at: maskIdentifiers(at),
    field,
    label: { zh: field === '' ? '设置' : field, en: field === '' ? 'settings' : field },
    ...(found === undefined ? {} : { found: maskIdentifiers(found) }),
    message,
  };
}
