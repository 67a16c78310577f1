/** At most so many at a time per name, in order of arrival. */

/** Lanes by name: with a width of 1 they keep an order, with more they bound a load. */
export interface Lanes {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  busy: number;
  readonly waiting: (() => void)[];
}

/** Creates lanes; a lane exists while someone is in it. */
export function createLanes(width: number): Lanes {
  const lanes = new Map<string, Lane>();

  const enter = (name: string): Promise<void> | undefined => {
    const lane = lanes.get(name) ?? { busy: 0, waiting: [] };
    lanes.set(name, lane);
    if (lane.busy < width) {
      lane.busy += 1;
      return undefined;
    }
    return new Promise((resolve) => lane.waiting.push(resolve));
  };
  const leave = (name: string): void => {
    const lane = lanes.get(name);
    if (lane === undefined) return;
    const next = lane.waiting.shift();
    if (next !== undefined) return next();
    lane.busy -= 1;
    if (lane.busy === 0) lanes.delete(name);
  };
  return {
    async run(name, work) {
      await enter(name);
      try {
        return await work();
      } finally {
        leave(name);
      }
    },
  };
}
