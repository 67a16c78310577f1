export { createCounter } from './counter.ts';
export type { Counter, CounterOptions } from './counter.ts';
export { entryRoutes } from './entry.ts';
export { createStock } from './goods/stock.ts';
export type { GoodsState, Stock } from './goods/stock.ts';
export type { StockDifference, StockQuestion } from './goods/stock-comparison.ts';
export type { AccountDifference, OffSiteDay } from './off-site-accounts.ts';
export { createPolicy } from './policy.ts';
export type { PharmacyPolicy, PolicyChoice } from './policy.ts';
export type {
  DispensedGoods,
  InsurancePort,
  MutualAidRegister,
  OutsidePrescription,
  PrescriptionClaim,
  PrescriptionPort,
} from './ports.ts';
export type { PurchaseObserver, SettledPurchase, UndonePurchase } from './purchase/events.ts';
export type { Receipt } from './purchase/record.ts';
export { createPharmacyService, pharmacyService } from './service.ts';
export type { PharmacyNeighbours } from './service.ts';
