/** A plan as something that can be called. */
import type { DirectionPlan, Plan } from './plan.ts';
import { escapeSegment } from './pointer.ts';
import { readBody } from './read.ts';
import type { DirectionMap } from './types.ts';
import { writeBody } from './write.ts';

/** Makes a direction map of a plan. */
export function createDirection(given: Omit<DirectionPlan, 'lists'>): DirectionMap {
  const direction: DirectionPlan = { ...given, lists: listsBelow(given.plan, '') };
  return {
    toModel: (body, context = {}) => readBody(direction, body, context),
    toWire: (content, context = {}) => writeBody(direction, content, context),
  };
}

function listsBelow(plan: Plan, base: string): string[] {
  return plan.members.flatMap((member) => {
    if (member.kind !== 'branch') return [];
    const pointer = `${base}/${escapeSegment(member.wire)}`;
    return member.repeated ? [pointer] : listsBelow(member.plan, pointer);
  });
}
