/** Holds the two-phase calls of a profile against its definitions. */
import type { Fault } from '@yiqiao/model';
import type { Profile, Registry, TransactionDefinition } from '@yiqiao/registry';
import { BESIDE, twoPhaseOf } from './phase-calls.ts';
import type { PhaseCall } from './phase-calls.ts';
import { memberPlace, profileFault } from './profile-faults.ts';

/**
 * Every name in `twoPhase` that the profile's transactions and the model do not know, with its place and as `found`;
 * but for those of `key`, which may stand in the envelope or beside it.
 */
export function checkTwoPhase(registry: Registry, profile: Profile): readonly Fault[] {
  const { calls, operations = [], told, own } = twoPhaseOf(profile);
  const place = memberPlace(registry, profile, 'twoPhase');
  const known = registry.operations();
  const unknown = operations.filter((name) => !known.includes(name));
  const nowhere = (names: readonly string[], half: 'request' | 'response'): readonly string[] => {
    if (names.length === 0) return [];
    const all = registry.profileTransactions(profile.id).flatMap((number) => {
      const definition = registry.definition(profile.id, number);
      return definition === undefined ? [] : [...namesIn(definition, half)];
    });
    return names.filter((name) => !all.includes(name));
  };
  return [
    ...unknown.map((name) => faultOf(`${place}/operations`, name, OPERATION)),
    ...nowhere(told, 'response').map((name) => faultOf(`${place}/told`, name, NOWHERE)),
    ...nowhere(own, 'request').map((name) => faultOf(`${place}/own`, name, NOWHERE)),
    ...calls.flatMap((call, index) => {
      if (call.bare === true) return [];
      const definition = registry.definition(profile.id, call.transaction);
      const at = `${place}/calls/${index}`;
      if (definition === undefined) return [faultOf(`${at}/transaction`, call.transaction, TRANSACTION)];
      return elementFaults(call, definition, at);
    }),
  ];
}

function elementFaults(call: PhaseCall, definition: TransactionDefinition, at: string): readonly Fault[] {
  const { original, does, when = {}, fill = {}, answer = {}, standing = {}, results, tells } = call;
  const asked = does === 'begin' ? [] : [original].flat();
  const given = does === 'begin' ? [original].flat() : [];
  const words = [results?.at, tells?.at].flatMap((path) => path ?? []);
  const missing = (member: string, names: readonly string[], half: 'request' | 'response'): Fault[] =>
    names
      .filter((name) => !name.startsWith(BESIDE) && !namesIn(definition, half).has(name))
      .map((name) => faultOf(`${at}/${member}`, name, ELEMENT));
  return [
    ...missing('original', asked, 'request'),
    ...missing('original', given, 'response'),
    ...missing('when', Object.keys(when), 'request'),
    ...missing('fill', Object.keys(fill), 'request'),
    ...missing('answer', Object.keys(answer), 'response'),
    ...missing('standing', Object.keys(standing), 'response'),
    ...missing('at', words, 'response'),
  ];
}

function namesIn(definition: TransactionDefinition, half: 'request' | 'response'): ReadonlySet<string> {
  return new Set(
    definition[half].flatMap(({ node, fields }) =>
      fields.map(({ name }) => (node === '' ? name : `${node.replaceAll('/', '.')}.${name}`)),
    ),
  );
}

const OPERATION = {
  zh: '没有此规范操作；请改正，名称见 schemas/canonical/operations。',
  en: 'There is no such canonical operation; correct it: the names stand in schemas/canonical/operations.',
};
const TRANSACTION = {
  zh: '方案没有该交易的定义；请补 transactions 文件，或写明 bare。',
  en: 'The profile has no definition of this transaction; add its file to transactions, or say bare.',
};
const NOWHERE = {
  zh: '方案的交易定义中都没有此要素；请改正名称或补入定义。',
  en: 'No definition of the profile has such an element; correct the name or add it.',
};
const ELEMENT = {
  zh: '该交易的定义中没有此要素；请改正名称或补入定义。',
  en: 'The definition of the transaction has no such element; correct the name or add it.',
};

function faultOf(at: string, found: string, message: Fault['message']): Fault {
  const named = { zh: `${found}：${message.zh}`, en: `${found}: ${message.en}` };
  return { ...profileFault(at, named, 'two-phase'), found };
}
