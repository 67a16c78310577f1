export { CLASS_TEXTS, openCsvSheet } from './day-sheet.ts';
export type { SheetItem } from './day-sheet.ts';
export type { DifferenceClass } from './difference.ts';
export { readJournalDay } from './journal-side.ts';
export { createPlatform } from './platform.ts';
export type { KnownExchange } from './proposal.ts';
export { reconcileDay } from './reconcile-day.ts';
export type { DayResult, ReconcileOptions, SideSource } from './reconcile-day.ts';
export type { SideFile } from './side-file.ts';
