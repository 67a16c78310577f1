/** The kit `signature` under another signing profile: its own scenarios where they fit, and ways of signing. */
import { readFileSync } from 'node:fs';
import type { Confidence, Registry } from '@yiqiao/registry';
import type { Bilingual, Kit, Level, Requirement, Scenario, SignWay } from './types.ts';

/** What an edition says. */
export interface SigningEdition {
  /** Id of the signing profile. */
  readonly signing: string;
  /** Names of requirements, `request/none`, that the profile's own sources attest. */
  readonly attested: readonly string[];
  /** Names of those that are concluded. */
  readonly inferred: readonly string[];
}

/** Ways of signing beyond those of the kit. Data: kits/signature/ways.json, by name of the requirement. */
interface Way {
  readonly text: Bilingual;
  /** Whether such a message is accepted or refused. */
  readonly outcome: 'accepted' | 'refused';
  /** The same bytes a second time. */
  readonly again?: true;
}

const WAYS = new URL('../../kits/signature/ways.json', import.meta.url);
const OWN_PROFILE = 'signing/fsi-main-cainfo/';
const SINCE = '2026-11';

/** Makes the kit. @throws Error for a name that is neither a requirement of the kit nor a way */
export function asSigningEdition(
  registry: Registry,
  base: Kit,
  { signing, attested, inferred }: SigningEdition,
): Kit {
  // Rules of a version before the first have none of these either.
  if (base.requirements.size === 0) return { ...base, scenarios: [], signing };
  const profile = registry.signingProfile(signing);
  const ways = JSON.parse(readFileSync(WAYS, 'utf8')) as Readonly<Record<string, Way>>;
  const carried = 'carrier' in profile && profile.carrier !== undefined;
  const names = [
    ...attested.map((name) => ({ name, own: profile.confidence })),
    ...inferred.map((name) => ({ name, own: 'inferred' as Confidence })),
  ];
  const requirements = names.map(({ name, own }) => {
    const known = base.requirements.get(`${OWN_PROFILE}${name}`) ?? ways[name];
    if (known === undefined) throw new Error(`edition of ${signing}: nothing is known of ${name}`);
    const kind: Requirement['kind'] =
      'kind' in known ? known.kind : known.outcome === 'accepted' ? 'success' : 'failure';
    // How a national message stands in another envelope is ours: what rests on it is no fact of the profile.
    const confidence = carried && kind === 'success' ? 'project design' : own;
    return {
      id: `signing/${signing}/${name}`,
      level: levelOf(confidence),
      text: known.text,
      source: `schemas/signing/profiles.json, ${signing}`,
      confidence,
      kind,
      since: SINCE,
    };
  });
  return {
    ...base,
    tongue: 'signed',
    system: 'signing-door',
    signing,
    requirements: new Map(requirements.map((one) => [one.id, one])),
    scenarios: names.flatMap(({ name }) => scenariosOf(name, { base, signing, way: ways[name] })),
  };
}

function levelOf(confidence: Confidence): Level {
  return confidence === 'two sources' || confidence === 'one source' ? 'must' : 'should';
}

function scenariosOf(
  name: string,
  { base, signing, way }: { readonly base: Kit; readonly signing: string; readonly way: Way | undefined },
): readonly Scenario[] {
  const requirement = `signing/${signing}/${name}`;
  if (way === undefined) {
    const text = JSON.stringify(base.scenarios.filter((one) => shows(one, `${OWN_PROFILE}${name}`)));
    return JSON.parse(text.replaceAll(OWN_PROFILE, `signing/${signing}/`)) as readonly Scenario[];
  }
  const { text, outcome, again } = way;
  const sign = name.slice(name.indexOf('/') + 1) as SignWay;
  const steps =
    again === true
      ? [
          { send: '1101', as: 'first' },
          { replay: 'first', as: 'again', outcome, requirement },
        ]
      : [{ send: '1101', sign, outcome, requirement }];
  return [{ id: name.replace('/', '-'), title: text, needs: ['signing'], steps }];
}

function shows(scenario: Scenario, requirement: string): boolean {
  return JSON.stringify(scenario.steps).includes(JSON.stringify(requirement));
}
