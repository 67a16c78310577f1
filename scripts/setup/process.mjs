/** Child processes that behave as if this one had been replaced by them. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** One Ctrl-C arrives twice here: from the terminal, which tells the whole group, and from npm, which passes it on. */
const SAME_SIGNAL_MS = 300;

/** What npm tells of its own script is nobody else's business; its configuration (proxy, registry) is. */
export function cleanEnvironment(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(package|lifecycle)_/i.test(name)));
}

/**
 * Runs a program on this process's own streams; signals reach it; resolves with its exit code. At a terminal it
 * gets a group of its own, so that it hears of a Ctrl-C once, from here: a second one ends it at once.
 */
export async function execute(program, args, { cwd, env }) {
  const child = spawn(program, args, { cwd, env, stdio: 'inherit', detached: process.stdin.isTTY === true });
  return forwardSignals(child, () => exitOf(child, program));
}

/** Runs a program quietly, its output kept; resolves with `{ code, output }`. */
export async function capture(program, args, { cwd, env }) {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const code = await forwardSignals(child, () => exitOf(child, program));
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}

/** The exit code; 128 + number after a signal, as a shell has it. */
function exitOf(child, program) {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new Error(`${program} cannot be run: ${cause.message}`, { cause })),
    );
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

async function forwardSignals(child, work) {
  const handlers = FORWARDED.map((signal) => {
    let last = -Infinity;
    const handler = () => {
      const now = performance.now();
      if (now - last > SAME_SIGNAL_MS) child.kill(signal);
      last = now;
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  try {
    return await work();
  } finally {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  }
}
