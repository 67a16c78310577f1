/** Arms the fault of a step. */
import type { Fault } from '@yiqiao/sandbox';
import type { FaultStep } from '../kits/types.ts';
import { fill } from '../run/fill.ts';
import type { Lookup } from '../run/fill.ts';
import { post } from '../run/post.ts';
import type { Bench } from '../run/run-scenario.ts';
import type { StageFault } from './stage.ts';

/** Arms a fault at a counterpart, or at the control door that the sandbox's systems have. */
export async function armFault(
  { fault: template, at }: FaultStep,
  { bench, lookup }: { readonly bench: Bench; readonly lookup: Lookup },
): Promise<undefined> {
  const fault = fill(template, lookup);
  if (at !== undefined) {
    const counterpart = bench.counterparts[at];
    if (counterpart === undefined) throw new Error(`there is no counterpart ${at}`);
    const { kind } = fault as { readonly kind?: string };
    if (kind === 'none') counterpart.disarm();
    else counterpart.arm(fault as unknown as Fault | StageFault);
    return undefined;
  }
  const { target, inputs } = bench;
  const reply = await post(
    new URL('/faults', target).href,
    Buffer.from(JSON.stringify(fault)),
    inputs.limits,
  );
  if (!reply.came || reply.status >= 300) throw new Error('the target did not take the fault');
  return undefined;
}
