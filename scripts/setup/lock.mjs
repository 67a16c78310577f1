/** One set-up at a time in one checkout: a folder that only one process can make. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const RETRY_MS = 200;
const HEARTBEAT_MS = 2_000;
/** A holder whose heartbeat is older is gone; needed where its process cannot be asked, as in another container. */
const STALE_MS = 30_000;

/** Runs `work` while holding the lock below `folder`; waits for another holder as long as it lives. */
export async function withLock(folder, say, work) {
  const lock = join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  for (let told = false; !tryAcquire(lock); await wait(RETRY_MS)) {
    if (removeIfStale(lock)) continue;
    if (!told) say('另一进程正在准备运行环境，等待中… / another process is setting up; waiting …');
    told = true;
  }
  const heartbeat = setInterval(() => touch(lock), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(lock, { recursive: true, force: true });
  }
}

function tryAcquire(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(lock, 'holder.json'), JSON.stringify({ host: hostname(), pid: process.pid }));
  return true;
}

/** Renaming lets only one of several waiters remove a stale lock. */
function removeIfStale(lock) {
  if (!isStale(lock)) return false;
  const aside = `${lock}.stale-${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return false;
  }
  if (!isStale(aside)) {
    // Another waiter was faster and this is its new lock.
    renameSync(aside, lock);
    return false;
  }
  rmSync(aside, { recursive: true, force: true });
  return true;
}

function isStale(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > STALE_MS) return true;
    const { host, pid } = JSON.parse(readFileSync(join(lock, 'holder.json'), 'utf8'));
    return host === hostname() && !isAlive(pid);
  } catch {
    // Released in between, or its holder has not written its name yet.
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function touch(lock) {
  const now = new Date();
  try {
    utimesSync(lock, now, now);
  } catch {
    // Someone removed it by hand; the work goes on.
  }
}
