/** Ways in which faulty systems of the offices act wrongly, by name: settlement lists, cutover, reconciliation. */
import type { Behaviour } from './behaviours.ts';
import { CUTOVER_BEHAVIOURS } from './cutover-behaviours.ts';
import { LIST_BEHAVIOURS } from './list-behaviours.ts';
import { RECON_BEHAVIOURS } from './recon-behaviours.ts';
import { RECON_FILE_BEHAVIOURS } from './recon-file-behaviours.ts';

/** By name. */
export const OFFICE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...LIST_BEHAVIOURS,
  ...CUTOVER_BEHAVIOURS,
  ...RECON_BEHAVIOURS,
  ...RECON_FILE_BEHAVIOURS,
};
