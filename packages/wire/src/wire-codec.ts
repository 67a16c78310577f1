/** The codec of a profile: which shape of bytes its messages have. */
import { createDelimitedText } from './delimited-text.ts';
import type { ShapeOptions } from './delimited-text.ts';
import { refusal } from './faults.ts';
import { createFramedJson } from './framed-json.ts';
import type { FindEnvelope, FindLayout } from './layout.ts';
import { completeLimits } from './limits.ts';
import { createNationalJson } from './national-json.ts';
import { createPlainXml } from './plain-xml.ts';
import { createPredecessorXml } from './predecessor-xml.ts';
import { profileFault, Settings } from './settings.ts';
import type { CodecProfile } from './settings.ts';
import type { WireCodec, WireLimits } from './types.ts';

/** What a codec is made with. */
export interface WireCodecOptions {
  readonly limits?: Partial<WireLimits>;
  /** Definitions of the profile's transactions; forms that tell members by position cannot do without. */
  readonly layout?: FindLayout;
  /** Members of the profile's envelope; the national form meets them in other spellings. */
  readonly envelope?: FindEnvelope;
}

type Create = (
  profile: CodecProfile,
  options: ShapeOptions & Pick<WireCodecOptions, 'envelope'>,
) => WireCodec;

/** A region whose messages no source shows: its profile keeps what is known, and speaks with nobody. */
function refuseUnattested({ id }: CodecProfile): never {
  throw refusal('PROFILE_BROKEN', [
    profileFault(id, '/codec', {
      zh: '此地区的报文格式没有来源可证，无法收发；取得格式后请改为相应的 codec。',
      en: 'No source shows the messages of this region, so none can be sent or read; name a codec once they are known.',
    }),
  ]);
}

const SHAPES: Readonly<Record<string, Create>> = {
  'national-json': (profile, options) => {
    const settings = Settings.of(profile);
    for (const name of ['infverDefault', 'recerSysCodeDefault']) settings.text(name, '');
    settings.finish();
    return createNationalJson(options);
  },
  'predecessor-xml': (profile, { limits }) => {
    const settings = Settings.of(profile);
    if (settings.has('charset')) settings.charset();
    settings.text('answeredErrorCode', '');
    settings.finish();
    return createPredecessorXml({ limits });
  },
  'delimited-text': createDelimitedText,
  'plain-xml': createPlainXml,
  'framed-json': createFramedJson,
  unattested: refuseUnattested,
};

/**
 * Makes the codec that a profile names, with the settings in its `envelope`.
 * @throws GatewayError `PROFILE_BROKEN` for an unknown codec and for every wrong setting, with file and place
 */
export function createWireCodec(profile: CodecProfile, options: WireCodecOptions = {}): WireCodec {
  const create = Object.hasOwn(SHAPES, profile.codec) ? SHAPES[profile.codec] : undefined;
  if (create === undefined) {
    const known = Object.keys(SHAPES).join(', ');
    throw refusal('PROFILE_BROKEN', [
      profileFault(profile.id, '/codec', {
        zh: `没有名为 ${profile.codec} 的报文格式，现有：${known}。`,
        en: `There is no codec ${profile.codec}; known: ${known}. Correct the name.`,
      }),
    ]);
  }
  return create(profile, {
    limits: completeLimits(options.limits),
    layout: options.layout ?? (() => undefined),
    ...(options.envelope && { envelope: options.envelope }),
  });
}
