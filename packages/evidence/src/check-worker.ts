/** A thread that checks one stretch and ends. */
import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { runTask } from './check-store.ts';
import type { CheckTask } from './check-store.ts';

assert(parentPort !== null, 'this file runs as a thread');
parentPort.postMessage(await runTask(workerData as CheckTask));
