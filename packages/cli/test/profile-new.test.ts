import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const PROVINCIAL = fileURLToPath(new URL('../../../schemas/provincial', import.meta.url));

interface Step {
  readonly check: string;
  readonly at: string;
}

/** Check and last part of the place of everything that is left to do. */
function left(figures: Record<string, unknown>): string[] {
  return (figures['next'] as readonly Step[])
    .map(({ check, at }) => `${check} ${at.split(/[ #]/).at(-1)?.split('/').slice(-2).join('/')}`)
    .toSorted();
}

type Content = Record<string, unknown>;

/** Exit code of map check, and where its faults are in profile.json. */
async function mapFaults(id: string, dir: string): Promise<[number | null, string[]]> {
  const spoken = await speak('map', 'check', id, '--dir', dir, '--json');
  const faults = figuresOf(spoken)['faults'] as readonly { at: string }[];
  const file = `${join(dir, id, 'profile.json')}#`;
  return [spoken.code, faults.map(({ at }) => at.replace(file, '')).toSorted()];
}

/** Changes a JSON file. */
function edit(file: string, change: (content: Content) => Content): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Content)));
}

/** What the guide prints as code below a heading, up to the next one. */
function printed(heading: string): readonly string[] {
  const guide = readFileSync(fileURLToPath(new URL('../../../docs/profiles.md', import.meta.url)), 'utf8');
  const section = guide.slice(guide.indexOf(`${heading}\n`) + heading.length).split(/\n##/)[0] ?? '';
  return [...section.matchAll(/```\w+\n([^]*?)```/g)].map(([, code = '']) => code);
}

const DESCRIBED = ['described /source', 'described title/en', 'described title/zh'];

describe('yiqiao profile new', () => {
  after(endAll);

  it('begins a region of the national form, and its checks lead the author until nothing is left', async () => {
    const dir = makeFolder();
    const check = async (): Promise<{ code: number | null; left: string[] }> => {
      const spoken = await speak('profile', 'check', 'somewhere', '--dir', dir, '--json');
      return { code: spoken.code, left: left(figuresOf(spoken)) };
    };
    const begun = await speak('profile', 'new', 'somewhere', '--dir', dir, '--json');
    assert.equal(begun.code, 0, begun.err);
    const fields = ['fields data/local_flag', 'fields data/psn_no'];
    const answer = 'parts somewhere/samples';
    const sample = 'sample samples/2205.request.json.txt';
    assert.deepEqual(left(figuresOf(begun)), [...DESCRIBED, ...fields, answer, sample]);
    assert.deepEqual(await check(), { code: 1, left: [...DESCRIBED, ...fields, answer, sample] });

    assert.deepEqual(await mapFaults('somewhere', dir), [1, ['/source', '/title/en', '/title/zh']]);

    const profile = join(dir, 'somewhere/profile.json');
    edit(profile, (content) => ({
      ...content,
      title: { zh: '某地', en: 'Somewhere' },
      source: 'notice of the region',
      unknownParts: { samples: 'no answer has been seen' },
    }));
    assert.deepEqual((await check()).left, [...fields, sample]);

    edit(join(dir, 'somewhere/samples/2205.request.json.txt'), (content) => ({
      ...content,
      msgid: 'H00000000001202602010800000001',
    }));
    assert.deepEqual((await check()).left, fields);

    const flag = {
      name: 'local_flag',
      label: { zh: '本地标志' },
      type: 'string',
      length: 2,
      required: false,
    };
    const data = { add: [flag], relax: ['psn_no'] };
    edit(profile, (content) => ({
      ...content,
      overlay: { transactions: { '2205': { request: { data } } } },
    }));
    assert.deepEqual(await check(), { code: 0, left: [] });
  });

  for (const like of ['delimited', 'xml', 'json']) {
    it(`begins a form of its own (${like}) whose sample is read, and asks for what only its author knows`, async () => {
      const dir = makeFolder();
      const spoken = await speak('profile', 'new', 'elsewhere', '--like', like, '--dir', dir, '--json');
      const steps = left(figuresOf(spoken));
      const described = [...DESCRIBED, 'described maps/source'].toSorted();
      assert.deepEqual(steps.slice(0, -1), [
        ...described,
        'maps notMapped/01',
        'parts /errors',
        'parts /transport',
        'parts elsewhere/samples',
      ]);
      assert.match(steps.at(-1) ?? '', /^sample samples\/01\.request\./);
    });

    it(`fails map check from the start (${like}), until its places are filled in and its transaction has a reason`, async () => {
      const dir = makeFolder();
      await speak('profile', 'new', 'elsewhere', '--like', like, '--dir', dir);
      assert.deepEqual(await mapFaults('elsewhere', dir), [
        1,
        ['/maps/notMapped/01', '/maps/source', '/source', '/title/en', '/title/zh'],
      ]);
      edit(join(dir, 'elsewhere/profile.json'), (content) => ({
        ...content,
        title: { zh: '某地', en: 'Elsewhere' },
        source: 'notice of the region',
        maps: {
          ...(content['maps'] as Content),
          source: 'notice of the region',
          notMapped: { '01': 'an example, which no national transaction is' },
        },
      }));
      assert.deepEqual(await mapFaults('elsewhere', dir), [0, []]);
    });
  }

  it('tells the faults of a profile that does not open, in the folder where they are', async () => {
    const dir = makeFolder();
    await speak('profile', 'new', 'somewhere', '--dir', dir);
    edit(join(dir, 'somewhere/profile.json'), (content) => ({
      ...content,
      overlays: {},
      identities: { 'scope-split': 'perhaps' },
    }));
    const { code, out } = await speak('profile', 'check', 'somewhere', '--dir', dir);
    assert.equal(code, 1);
    assert.equal(out.includes(`[opens] ${join(dir, 'somewhere')}/profile.json#/overlays`), true, out);
    assert.match(out, /should it be overlay\?[^]*perhaps is not allowed; possible: enforce, warn, off/);
  });

  it('asks the heir of the predecessor for no sign of success, and names what a map calls wrongly', async () => {
    const dir = makeFolder();
    mkdirSync(join(dir, 'heir/maps'), { recursive: true });
    writeFileSync(
      join(dir, 'heir/profile.json'),
      JSON.stringify({
        id: 'heir',
        extends: 'predecessor-xml',
        version: '1',
        title: { zh: '某地', en: 'Somewhere' },
        source: 'notice of the region',
        confidence: 'one source',
      }),
    );
    const map = readFileSync(join(PROVINCIAL, 'predecessor-xml/maps/0211.json'), 'utf8');
    writeFileSync(
      join(dir, 'heir/maps/0211.json'),
      map.replace(
        '{ "from": "aac044", "to": "certificateNumber" }',
        '{ "from": "aac999", "to": "certificateNumber" }',
      ),
    );
    const spoken = await speak('profile', 'check', 'heir', '--dir', dir, '--json');
    const places = (figuresOf(spoken)['next'] as readonly Step[]).map(({ check, at }) => `${check} ${at}`);
    assert.deepEqual(
      places.map((place) => place.replace(`${dir}/`, '')),
      ['maps heir/maps/0211.json#/steps/0/request/rules/1 aac999', 'sample heir/samples'],
    );
  });

  it('passes all checks with the files that docs/profiles.md prints for a form from the beginning', async () => {
    const dir = makeFolder();
    await speak('profile', 'new', 'lanhai', '--like', 'xml', '--dir', dir);
    const folder = join(dir, 'lanhai');
    const [xml = '', settings = '', envelope = '', definition = '', map = ''] =
      printed('### From the beginning');
    const [request = '', response = ''] = xml.trim().split('\n');
    for (const file of ['transactions/01.json', 'samples/01.request.xml']) rmSync(join(folder, file));
    mkdirSync(join(folder, 'maps'));
    edit(join(folder, 'profile.json'), (content) => ({
      ...content,
      title: { zh: '蓝海市', en: 'Lanhai' },
      transport: { kind: 'HTTP POST' },
      errors: { '-1': '失败' },
      source: 'notice of the platform',
      ...(JSON.parse(settings) as Content),
    }));
    const files = {
      'envelope.json': envelope,
      'transactions/RYXX.json': definition,
      'maps/RYXX.json': map,
      'samples/RYXX.request.xml': request,
      'samples/RYXX.response.xml': response,
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const { code, out } = await speak('profile', 'check', 'lanhai', '--dir', dir);
    assert.deepEqual([code, out.split('\n').length], [0, 2], out);
    const proof = await speak('map', 'check', 'lanhai', '--dir', dir);
    assert.match(proof.out, /^✓ lanhai: 1\/1 mapped, incomplete 0/);
    const sample = join(folder, 'samples/RYXX.request.xml');
    const told = await speak('map', 'explain', sample, '--from', 'lanhai', '--to', 'national', '--dir', dir);
    assert.match(told.out, /\/SFZH → identifyPerson\.certificateNumber → \/data\/certno\n/);
  });

  const refusals = [
    ['new', 'chongqing'],
    ['new', 'Some Where'],
    ['new', 'somewhere', '--like', 'pdf'],
    ['check', 'nowhere'],
  ];
  for (const args of refusals) {
    it(`ends with 2 for ${args.join(' ')}`, async () => {
      assert.equal((await speak('profile', ...args, '--dir', makeFolder())).code, 2);
    });
  }
});

describe('yiqiao profile check of a form with its result code beside the message', () => {
  after(endAll);

  const BESIDE = 'samples/48.response.beside.json';
  const check = async (change: (file: string) => void): Promise<[number | null, string[]]> => {
    const dir = makeFolder();
    cpSync(join(PROVINCIAL, 'guizhou-yinhai'), join(dir, 'guizhou-yinhai'), { recursive: true });
    change(join(dir, 'guizhou-yinhai', BESIDE));
    const spoken = await speak('profile', 'check', 'guizhou-yinhai', '--dir', dir, '--json');
    return [spoken.code, left(figuresOf(spoken))];
  };

  it('reads what stands beside a sample', async () => {
    assert.deepEqual(await check(() => undefined), [0, []]);
  });

  const broken: readonly (readonly [string, (file: string) => void])[] = [
    ['is not there', (file) => rmSync(file)],
    ['lacks the code', (file) => writeFileSync(file, '{"appmsg":""}')],
    ['is no object of texts', (file) => writeFileSync(file, '{"appcode":1}')],
    ['is no JSON', (file) => writeFileSync(file, 'appcode=1')],
  ];
  for (const [title, change] of broken) {
    it(`leads to the file where it ${title}`, async () => {
      assert.deepEqual(await check(change), [1, [`reads ${BESIDE}`]]);
    });
  }
});

describe('yiqiao profile check of the profiles that come with this program', () => {
  for (const id of readdirSync(PROVINCIAL)) {
    it(`has nothing left to ask of ${id}`, async () => {
      const spoken = await speak('profile', 'check', id, '--json');
      assert.deepEqual([spoken.code, left(figuresOf(spoken))], [0, []]);
    });
  }
});
