/** A kit for a target of a region that speaks the national form: the region's own definitions, its own confidence. */
import type { Confidence, Profile } from '@yiqiao/registry';
import type { Bilingual, Kit, Level, Requirement } from './types.ts';

/** From the surest to the least sure. */
const ORDER: readonly Confidence[] = ['two sources', 'one source', 'inferred', 'project design'];

/** The kit under the name of a region: ids begin with the profile, and nothing is surer than the profile itself. */
export function asRegionalKit(kit: Kit, profile: Profile): Kit {
  if (profile.dialect !== 'national')
    throw new RangeError(`${profile.id} 有自己的报文形式 has a form of its own; yiqiao conformance list`);
  const { requirements, scenarios, messages, series, matrix } = kit;
  const own = JSON.parse(
    JSON.stringify({ all: [...requirements.values()], scenarios, messages, series, matrix }).replaceAll(
      '"national/',
      `"${profile.id}/`,
    ),
  ) as Pick<Kit, 'scenarios' | 'messages' | 'series' | 'matrix'> & { readonly all: readonly Requirement[] };
  const { all, ...rest } = own;
  const signing = gatewaySigning(profile);
  return {
    ...kit,
    ...rest,
    id: `${kit.id}@${profile.id}`,
    title: titleFor(kit.title, profile),
    profile: profile.id,
    tongue: kit.tongue === 'national' ? 'headed' : kit.tongue,
    ...(signing !== undefined && { signing }),
    requirements: new Map(all.map((one) => [one.id, weakened(one, profile.confidence)])),
  };
}

/** Signing profile of the gateway before a regional platform; nothing where none is known. */
export function gatewaySigning({ data }: Profile): string | undefined {
  const { style } = (data['gatewayHeaders'] ?? {}) as { readonly style?: string };
  return style;
}

function titleFor(title: Bilingual, profile: Profile): Bilingual {
  return { zh: `${title.zh}（${profile.title.zh}）`, en: `${title.en} (${profile.title.en})` };
}

/** What is required of a region is no surer than that the region has it. */
function weakened(requirement: Requirement, confidence: Confidence): Requirement {
  if (ORDER.indexOf(requirement.confidence) >= ORDER.indexOf(confidence)) return requirement;
  return { ...requirement, confidence, level: weakerLevel(requirement.level, confidence) };
}

function weakerLevel(level: Level, confidence: Confidence): Level {
  return level === 'must' && confidence !== 'one source' && confidence !== 'two sources' ? 'should' : level;
}
