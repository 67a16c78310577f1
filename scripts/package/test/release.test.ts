import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { stageRelease } from '../release.ts';
import type { Architecture } from '../release.ts';

/** No network, where this machine lets a process do without; always without npm and the system's own Node. */
const cutOff = spawnSync('unshare', ['--net', 'true']).status === 0 ? ['unshare', '--net'] : [];
const PATH = '/usr/bin:/bin:/usr/sbin:/sbin';
const architecture = process.arch as Architecture;

describe('A release for machines without npm and internet', function () {
  this.timeout(60_000);
  const place = mkdtempSync(join(tmpdir(), 'yiqiao-package-test-'));
  const first = join(place, 'one');
  const second = join(place, 'two');

  before(async () => {
    await stageRelease(first, { architecture, version: '1.0.0' });
    copy(first, second);
    change(second, 'VERSION', '1.1.0\n');
  });
  after(() => rmSync(place, { recursive: true, force: true }));

  describe('in an empty directory', () => {
    const target = join(place, 'machine');

    it('installs without the network', () => {
      assert.match(install(first, { target }), /installed 1\.0\.0/);
      assert.equal(installed(target, ['--version']).trim(), '0.1.0');
    });

    it('settles visits with nothing but what is in it', () => {
      const out = installed(target, ['demo', '--json']);
      assert.equal((JSON.parse(out.trim().split('\n').at(-1) ?? '') as { ok: boolean }).ok, true);
    });

    it('brings the kits of the conformance suite', () => {
      assert.match(installed(target, ['conformance', 'list']), /care-place/);
    });

    it('is upgraded in one step, and goes back in one', () => {
      install(first, { target });
      assert.match(install(second, { target }), /upgraded from 1\.0\.0 to 1\.1\.0/);
      assert.equal(readlinkSync(join(target, 'opt/current')), 'releases/1.1.0');
      install(second, { target, options: ['--rollback'] });
      assert.equal(readlinkSync(join(target, 'opt/current')), 'releases/1.0.0');
      assert.equal(installed(target, ['--version']).trim(), '0.1.0');
    });

    const refused = [
      ['a gateway', 'role: nothing\n', /must be one of care-place, hub, insured-place[^]*refused\.yaml/],
      ['an adapter', 'adapter: e-invoice\nstores: a.db\n', /stores[^]*refused\.yaml/],
    ] as const;
    for (const [what, content, told] of refused) {
      it(`keeps the old release when the new one does not take the configuration of ${what}`, () => {
        install(first, { target });
        writeFileSync(join(target, 'etc/refused.yaml'), content);
        const { status, stderr } = tryInstall(second, { target });
        rmSync(join(target, 'etc/refused.yaml'));
        assert.equal(status, 1);
        assert.match(stderr, told);
        assert.equal(readlinkSync(join(target, 'opt/current')), 'releases/1.0.0');
      });
    }
  });

  it('says in clear words what it cannot be installed from or on', () => {
    const target = join(place, 'other');
    const broken = join(place, 'broken');
    copy(second, broken);
    replace(join(broken, 'app/package.json'), '{}');
    assert.match(tryInstall(broken, { target }).stderr, /differ from their checksums/);
    change(broken, 'ARCHITECTURE', 'mips\n');
    assert.match(tryInstall(broken, { target }).stderr, /for mips, this machine is/);
    assert.match(tryInstall(first, { target, options: ['--rollback'] }).stderr, /no release to go back to/);
    assert.match(tryInstall(first, { target, options: ['--now'] }).stderr, /unknown option: --now/);
    assert.match(install(first, { target, options: ['--help'] }), /--prefix DIR[^]*--rollback/);
    assert.equal(existsSync(join(target, 'opt/current')), false);
  });

  describe('with services', () => {
    const target = join(place, 'serving');

    it('writes units in which every place is filled in', () => {
      install(first, { target, systemd: 'exit 0' });
      const units = readdirSync(join(target, 'units'));
      assert.deepEqual(units.toSorted(), ['yiqiao-adapter@.service', 'yiqiao-gateway@.service']);
      for (const unit of units) {
        const text = readFileSync(join(target, 'units', unit), 'utf8');
        assert.doesNotMatch(text, /@[A-Z]+@/);
        assert.ok(text.includes(join(target, 'opt/current/bin/yiqiao')));
      }
    });

    it('restarts what runs, and returns to the old release when that fails', () => {
      const running = 'case $1 in list-units) echo yiqiao-gateway@one.service;; restart) exit 1;; esac';
      const { status, stderr } = tryInstall(second, { target, systemd: running });
      assert.equal(status, 1);
      assert.match(stderr, /1\.0\.0 is in force again/);
      assert.equal(readlinkSync(join(target, 'opt/current')), 'releases/1.0.0');
      const calls = readFileSync(join(target, 'systemctl.log'), 'utf8');
      assert.match(calls, /restart yiqiao-gateway@one\.service/);
    });
  });
});

interface Installation {
  /** Everything goes below it. */
  readonly target: string;
  readonly options?: readonly string[];
  /** What stands in for systemctl, as shell; without it no services are installed. */
  readonly systemd?: string;
}

function install(release: string, installation: Installation): string {
  const { status, stdout, stderr } = tryInstall(release, installation);
  assert.equal(status, 0, stderr);
  return stdout;
}

function tryInstall(
  release: string,
  { target, options = [], systemd }: Installation,
): { status: number | null; stdout: string; stderr: string } {
  const programs = join(target, 'programs');
  mkdirSync(programs, { recursive: true });
  if (systemd !== undefined) {
    const script = `#!/bin/sh\necho "$*" >> ${join(target, 'systemctl.log')}\n${systemd}\n`;
    writeFileSync(join(programs, 'systemctl'), script);
    chmodSync(join(programs, 'systemctl'), 0o755);
  }
  const places = ['prefix:opt', 'etc:etc', 'data:data'].flatMap((one) => {
    const [name = '', folder = ''] = one.split(':');
    return [`--${name}`, join(target, folder)];
  });
  const services = systemd === undefined ? ['--no-services'] : ['--user', userInfo().username];
  const [program = '', ...args] = [
    ...cutOff,
    join(release, 'bin/install.sh'),
    ...places,
    ...services,
    ...options,
  ];
  const env = { PATH: `${programs}:${PATH}`, YIQIAO_UNITS: join(target, 'units') };
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Runs the installed command in an empty folder. */
function installed(target: string, args: readonly string[]): string {
  const cwd = mkdtempSync(join(target, 'empty-'));
  return execFileSync(join(target, 'opt/current/bin/yiqiao'), args, { cwd, env: { PATH }, encoding: 'utf8' });
}

/** A copy whose files are the same on disk: a release is large. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-al', from, to]);
}

/** Writes a file anew, so that no copy changes with it. */
function replace(file: string, text: string): void {
  rmSync(file);
  writeFileSync(file, text);
}

/** Changes a file of a release together with its checksum. */
function change(release: string, file: string, text: string): void {
  replace(join(release, file), text);
  const sums = join(release, 'SHA256SUMS');
  const sum = createHash('sha256').update(text).digest('hex');
  const lines = readFileSync(sums, 'utf8').replace(
    new RegExp(`^[0-9a-f]{64}  ${file}$`, 'm'),
    `${sum}  ${file}`,
  );
  replace(sums, lines);
}
