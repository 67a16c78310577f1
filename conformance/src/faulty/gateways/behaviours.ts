/** Ways in which the line beside a gateway makes it wrong, by name; what data can say stands in the faulty systems. */
import type { LineBehaviour } from './answers.ts';
import { DOOR_BEHAVIOURS } from './doors.ts';
import { FAR_SIDE_BEHAVIOURS } from './far-sides.ts';

/** By name. */
export const GATEWAY_BEHAVIOURS: Readonly<Record<string, LineBehaviour>> = {
  ...DOOR_BEHAVIOURS,
  ...FAR_SIDE_BEHAVIOURS,
};
