/** A thread that reads one party's file into its partitions and ends. */
import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { readIntoPartitions } from './side-intake.ts';
import type { IntakeTask } from './side-intake.ts';

assert(parentPort !== null, 'this file runs as a thread');
parentPort.postMessage(readIntoPartitions(workerData as IntakeTask));
