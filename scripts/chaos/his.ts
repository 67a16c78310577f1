/** The HIS: cashiers at work on the visits of a plan, side by side, and their books. */
import { createChance } from './chance.ts';
import { runVisit } from './cashier.ts';
import type { VisitEnd } from './cashier.ts';
import { createDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import type { Report } from './party-process.ts';
import { planVisit } from './plan.ts';
import { createSignedText } from './signed-text.ts';
import { waitsAt } from './timing.ts';
import type { HisSettings } from './world.ts';

/** Starts the cashiers; `tell` hears how many messages there are, and when all visits have ended. */
export function startHis(
  settings: HisSettings,
  tell: (report: Report) => void,
): { readonly url: string; ledger(): readonly VisitEnd[]; close(): Promise<void> } {
  const { books: file, url, blind, pace } = settings;
  const waits = waitsAt(pace);
  const onMessage = (): void => tell({ messages: desk.messages() });
  const desk: Desk = createDesk({ file, url, blind, waits, signed: createSignedText(settings), onMessage });
  const ends: VisitEnd[] = [];
  void runVisits(settings, desk, ends).then(() => tell({ messages: desk.messages(), done: true }));
  return { url, ledger: () => ends, close: async () => undefined };
}

async function runVisits(settings: HisSettings, desk: Desk, ends: VisitEnd[]): Promise<void> {
  const { blind, cashiers, exchanges } = settings;
  const chance = createChance(settings.seed);
  const begunBefore = desk.lastVisit();
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun < begunBefore || desk.messages() < exchanges) {
      begun += 1;
      ends.push(await runVisit(planVisit(chance, begun, blind), desk, blind));
    }
  };
  await Promise.all(Array.from({ length: cashiers }, work));
}
