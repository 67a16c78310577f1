/**
 * Runs a command of this repository, setting everything up first when it is not: `node scripts/bootstrap.mjs
 * COMMAND ARGS`. Plain JavaScript for the system's Node; what is set up runs on Node 24. Only what is needed to
 * say that Node is too old may stand outside `main`.
 */
const OLDEST_NODE = 20;

/** Without it the young generation of a busy gateway grows by some 70 MB that it never needs; with less it collects more often. */
const YOUNG_HEAP = '--max-semi-space-size=32';

/** Script, its first arguments, and those it gets when none are given. */
const COMMANDS = {
  start: { run: [YOUNG_HEAP, 'packages/cli/src/main.ts', 'start'] },
  test: { run: ['scripts/run-tests.ts'] },
  yiqiao: { run: [YOUNG_HEAP, 'packages/cli/src/main.ts'] },
  bench: { run: ['scripts/bench/bench.ts'] },
  'bench:mapping': { run: [YOUNG_HEAP, '--expose-gc', 'scripts/bench/mapping.ts'] },
  'bench:store': { run: ['scripts/bench/store.ts'] },
  'bench:reconcile': { run: ['scripts/bench/reconcile-rows.ts'] },
  'bench:his': { run: ['scripts/bench/his-tables-part.ts'] },
  soak: { run: ['scripts/bench/soak.ts'] },
  chaos: { run: ['scripts/chaos/chaos.ts'] },
  fuzz: { run: ['scripts/fuzz/fuzz.ts'] },
  package: { run: ['scripts/package/package.ts'] },
  'package:sdk': { run: ['scripts/package-sdk/package-sdk.ts'] },
  'conformance:self': { run: ['conformance/src/self.ts'] },
  examples: { run: ['scripts/examples/examples.ts'] },
  generate: { run: ['scripts/generate.ts'] },
  format: { run: ['node_modules/prettier/bin/prettier.cjs', '--write'], otherwise: ['.'] },
};

async function main() {
  const [name, ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined)
    return fail(2, `usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join('|')} [ARGS]`);
  const { prepare, SetupError } = await import('./setup/prepare.mjs');
  const { cleanEnvironment, execute } = await import('./setup/process.mjs');
  const env = cleanEnvironment(process.env);
  try {
    const { root, node } = await prepare({ env });
    const given = args.length > 0 ? args : (command.otherwise ?? []);
    return await execute(node, [...command.run, ...given], { cwd: root, env });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return fail(1, error.message);
  }
}

/** With --json the last line of standard output is one JSON object, also when nothing could be run. */
function fail(exitCode, message) {
  process.stderr.write(`${message}\n`);
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ ok: false, error: message })}\n`);
  return exitCode;
}

const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE) {
  process.exitCode = fail(
    1,
    `Node ${process.versions.node} 过旧，请安装 Node ${OLDEST_NODE} 或更新版本。\n` +
      `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer (https://nodejs.org), then run the same command again.`,
  );
} else {
  process.exitCode = await main();
}
