import {
  checkMap,
  checkTableAlone,
  compileMapFile,
  mapFamilyOf,
  type MapFamily,
  type MapFile,
} from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import { strict as assert } from 'node:assert';
import { family, mapFile, PROFILE, registry } from './predecessor-family.ts';

type CodeTable = MapFamily['tables'][string];

/** The map of 0304 with one text in it replaced. */
function spoilt(what: string, by: string): MapFile {
  const text = JSON.stringify(mapFile('0304'));
  assert(text.includes(what), `the map has no ${what}`);
  return JSON.parse(text.replace(what, by)) as MapFile;
}

function faultsOf(file: MapFile): string[] {
  const definition = registry.definition(PROFILE, '0304');
  assert(definition !== undefined);
  const nationalMap = registry.nationalMap;
  return checkMap(file, { family, definition, nationalMap }).map(({ rule, field }) => `${rule} ${field}`);
}

describe('checkMap', () => {
  it('names the file of a case of its transaction', () => {
    const definition = registry.definition(PROFILE, '0305');
    assert(definition !== undefined);
    const [step] = mapFile('0305-inpatient').steps;
    assert(step !== undefined);
    const spoiltStep = { ...step, request: { ...step.request, rules: [] } };
    const file = { ...mapFile('0305-inpatient'), steps: [spoiltStep] };
    const { nationalMap } = registry;
    const faults = checkMap(file, { family, name: '0305-inpatient', definition, nationalMap });
    assert.notEqual(faults.length, 0);
    for (const { at } of faults) assert.match(at, /^maps\/0305-inpatient\.json#/);
  });

  const TABLE: readonly (readonly [string, string, string, readonly string[]])[] = [
    [
      'an element without rule',
      '{"from":"akc264","to":"total","as":"fen"},',
      '',
      ['map-undeclared akc264', 'map-undeclared total'],
    ],
    [
      'a canonical field without rule',
      '"to":"invoiceNumber"',
      '"to":"header:others"',
      ['map-undeclared invoiceNumber'],
    ],
    [
      'a misspelt element',
      '"from":"akc264"',
      '"from":"akc265"',
      ['map-undeclared akc264', 'map-misnamed akc265'],
    ],
    ['a misspelt field', '"to":"total"', '"to":"totl"', ['map-undeclared total', 'map-misnamed totl']],
    ['an amount read as text', '"to":"total","as":"fen"', '"to":"total"', ['map-codec total']],
    [
      'an amount read as a plain decimal',
      '"to":"total","as":"fen"',
      '"to":"total","as":"decimal"',
      ['map-codec total'],
    ],
    [
      'text read as an amount',
      '"to":"invoiceNumber"',
      '"to":"invoiceNumber","as":"fen"',
      ['map-codec invoiceNumber'],
    ],
    [
      'a field both mapped and declared',
      '"model":["publicHospitalReform"]',
      '"model":["publicHospitalReform","total"]',
      ['map-contradicted total'],
    ],
    ['an amount declared lost', '"wire":["aab004"]', '"wire":["aab004","akb068"]', ['map-loss akb068']],
    ['an identifier declared lost', '"wire":["aab004"]', '"wire":["aab004","aab001"]', ['map-loss aab001']],
    [
      'a canonical identifier declared lost',
      '"model":["extension"]',
      '"model":["extension","visitId"]',
      ['map-contradicted visitId', 'map-loss visitId'],
    ],
  ];
  for (const [what, text, by, expected] of TABLE) {
    it(`finds ${what}`, () => {
      const found = faultsOf(spoilt(text, by));
      for (const fault of expected)
        assert(found.includes(fault), `${fault} is not among ${found.join(', ')}`);
    });
  }
});

describe('checkTableAlone', () => {
  const pairs = [
    { wire: '0', model: '0' },
    { wire: '1', model: '1' },
  ];
  const sound = {
    pairs,
    otherwise: 'none',
    codes: ['0', '1'],
    because: 'made up',
    confidence: 'inferred',
  } as const;
  const TABLES: readonly (readonly [string, Partial<CodeTable>, readonly string[]])[] = [
    ['nothing', {}, []],
    [
      'a pair twice',
      { pairs: [...pairs, { wire: '1', model: '1', because: 'again' }] },
      ['map-code-twice pairs/2 1'],
    ],
    [
      'a wire code for several without reason',
      { pairs: [...pairs, { wire: '1', model: '2' }] },
      ['map-code-twice pairs/2 1'],
    ],
    [
      'nothing of one with a reason',
      { pairs: [...pairs, { wire: '1', model: '2', because: 'one scheme later' }] },
      [],
    ],
    [
      'a pair of a code that the form lacks',
      { pairs: [...pairs, { wire: '7', model: '2' }] },
      ['map-code-unlisted pairs/2 7'],
    ],
    [
      'a gap for a code that the form lacks',
      { gaps: [{ wire: ['8'], because: 'x' }] },
      ['map-code-unlisted gaps/0 8'],
    ],
    [
      'a gap for a code that has a pair',
      { gaps: [{ model: ['1'], because: 'x' }] },
      ['map-code-twice gaps/0 1'],
    ],
  ];
  for (const [title, change, expected] of TABLES) {
    it(`tells ${title}`, () => {
      const faults = checkTableAlone('flag', { ...sound, ...change });
      const place = 'profile.json#/maps/tables/flag/';
      assert.deepEqual(
        faults.map(({ rule, at, field }) => `${rule} ${at.replace(place, '')} ${field}`),
        expected,
      );
    });
  }
});

describe('compileMapFile', () => {
  const WORDS: readonly (readonly [string, string, string, string])[] = [
    ['codec', '"as":"fen"', '"as":"money"', 'money'],
    ['code table', '"table":"careType"', '"table":"careKind"', 'careKind'],
    ['function', '"fn":"dayOf"', '"fn":"monthOf"', 'monthOf'],
    ['chooser', '"fn":"fundOfScheme"', '"fn":"fundOfRegion"', 'fundOfRegion'],
    ['member of the header', '"to":"invoiceNumber"', '"to":"header:nosuch"', 'header:nosuch'],
    ['source', '"from":"model:settlementTime"', '"from":"modle:settlementTime"', 'modle:settlementTime'],
  ];
  for (const [kind, text, by, word] of WORDS) {
    it(`refuses a ${kind} that the language does not know, by name and place`, () => {
      assert.throws(
        () => compileMapFile(spoilt(text, by), { family }),
        (error) => {
          assert(error instanceof GatewayError);
          assert.equal(error.code, 'PROFILE_BROKEN');
          assert.deepEqual(
            error.details.faults?.map(({ rule, field }) => [rule, field]),
            [['map-word', word]],
          );
          assert.match(
            error.details.faults?.[0]?.at ?? '',
            /^maps\/0304\.json#\/steps\/0\/(?:request|response)\/rules\/\d+$/,
          );
          return true;
        },
      );
    });
  }

  it('refuses a profile without map family', () => {
    assert.throws(() => mapFamilyOf(registry.profile('national')), { code: 'PROFILE_BROKEN' });
  });
});
