/** What people see of odd answers: where, what was found and why it is odd; persons are masked already. */
import type { Exchange, Leg, OddAnswer, OddPlace } from '@yiqiao/journal';
import { decodeCanonical } from '@yiqiao/router';

/** What a line of a list tells of odd answers. */
export interface OddSummary {
  /** 参保地, or the place of care of somebody insured there; absent when nothing is odd or its messages are deleted. */
  readonly region?: string;
  /** Absent when nothing is odd. */
  readonly odd?: { readonly waitingSince?: string; readonly places: readonly OddPlace[] };
}

/** What is odd about one answer. */
export interface OddDetail extends OddAnswer {
  /** The message that was answered; absent for what was found when the caller was written to. */
  readonly leg?: number;
  /** Who answered. */
  readonly peer?: string;
}

/** For the line of an exchange. */
export function oddSummaryOf(exchange: Exchange): OddSummary {
  const found = odditiesOf(exchange).flatMap((one) => one.found);
  if (found.length === 0) return {};
  const { oddSince, legs } = exchange;
  const region = regionOf(legs);
  const places = new Map(found.map(({ rule, at }) => [`${rule} ${at}`, { rule, at }]));
  return {
    ...(region !== undefined && { region }),
    odd: {
      ...(oddSince !== undefined && { waitingSince: new Date(oddSince).toISOString() }),
      places: [...places.values()],
    },
  };
}

/** All odd answers of an exchange, in the order of its messages. */
export function odditiesOf({ legs, odd }: Pick<Exchange, 'legs' | 'odd'>): readonly OddDetail[] {
  const ofLegs = legs.flatMap(({ number, peer, odd: one }) =>
    one === undefined ? [] : [{ leg: number, peer, ...one }],
  );
  return odd === undefined ? ofLegs : [...ofLegs, odd];
}

/** From the message that was answered oddly, else from the first; deleted ones tell nothing. */
function regionOf(legs: readonly Leg[]): string | undefined {
  const { request = '{}' } = legs.find(({ odd }) => odd !== undefined) ?? legs[0] ?? {};
  const { header = {} } = decodeCanonical<{
    readonly header?: { readonly insuredRegion?: string; readonly careRegion?: string };
  }>(request);
  return header.insuredRegion ?? header.careRegion;
}
