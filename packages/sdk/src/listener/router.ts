/** Which route a request is for. */
import { GatewayError } from '@yiqiao/model';
import type { ListenerRoute } from './listener-types.ts';

/** A route and what stands at its `:NAME`s. */
export interface FoundRoute {
  readonly route: ListenerRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** Why there is none. */
export interface NoRoute {
  readonly status: 404 | 405 | 400;
  readonly zh: string;
  readonly en: string;
}

interface Place {
  readonly steps: readonly string[];
  readonly routes: Map<string, ListenerRoute>;
}

/**
 * Makes the search.
 * @throws GatewayError `CONFIG_INVALID` when two routes are for the same requests.
 */
export function createRouter(
  routes: readonly ListenerRoute[],
): (method: string, path: string) => FoundRoute | NoRoute {
  const places = new Map<string, Place>();
  for (const route of routes) {
    const steps = stepsOf(route.path);
    const key = steps.map((step) => (step.startsWith(':') ? ':' : step)).join('/');
    const place = places.get(key) ?? { steps, routes: new Map<string, ListenerRoute>() };
    if (place.routes.has(route.method)) throw twice(route);
    place.routes.set(route.method, route);
    places.set(key, place);
  }
  // A name that is written out comes before any `:NAME`.
  const ordered = [...places.values()].toSorted((one, other) => free(one) - free(other));
  return (method, path) => {
    const steps = stepsOf(path);
    const place = ordered.find((one) => fits(one, steps));
    if (place === undefined)
      return { status: 404, zh: '没有此地址，请核对路径。', en: 'There is nothing here; check the path.' };
    const route = place.routes.get(method);
    if (route !== undefined) return read(route, steps);
    const known = [...place.routes.keys()].join(', ');
    return { status: 405, zh: `此地址只接受 ${known}。`, en: `Only ${known} is answered here.` };
  };
}

function stepsOf(path: string): readonly string[] {
  return path.split('/').filter((step) => step !== '');
}

function free({ steps }: Place): number {
  return steps.filter((step) => step.startsWith(':')).length;
}

function fits(place: Place, steps: readonly string[]): boolean {
  return (
    place.steps.length === steps.length &&
    place.steps.every((step, index) => step.startsWith(':') || step === steps[index])
  );
}

function read(route: ListenerRoute, steps: readonly string[]): FoundRoute | NoRoute {
  const params: Record<string, string> = {};
  for (const [index, step] of stepsOf(route.path).entries()) {
    if (!step.startsWith(':')) continue;
    try {
      params[step.slice(1)] = decodeURIComponent(steps[index] ?? '');
    } catch {
      return { status: 400, zh: '路径的百分号编码有误。', en: 'The percent encoding of the path is wrong.' };
    }
  }
  return { route, params };
}

function twice({ method, path }: ListenerRoute): GatewayError {
  const fault = {
    rule: 'unique',
    at: path,
    field: 'routes',
    label: { zh: '路由', en: 'routes' },
    message: {
      zh: `${method} ${path} 重复，请改其中一个。`,
      en: `${method} ${path} is there twice; change one.`,
    },
  };
  return new GatewayError('CONFIG_INVALID', { faults: [fault] });
}
