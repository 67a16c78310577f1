/** Gateways with an admin API, and how tests ask it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAdminToken } from '@yiqiao/gateway';
import type { AdminRole, Gateway } from '@yiqiao/gateway';
import { settlement } from './messages.ts';
import { assertUnknown, post } from './posts.ts';
import { makeFolder, startRig } from './rig.ts';
import type { Rig, RigOptions } from './rig.ts';

/** The one token of the old form. */
export const TOKEN = 'test-token-of-an-operator-0123456789';

/** A rig with an admin API. */
export async function startAdminRig(options: RigOptions = {}): Promise<Rig & { readonly tokenFile: string }> {
  const tokenFile = join(makeFolder(), 'admin.token');
  writeFileSync(tokenFile, `${TOKEN}\n`);
  const rig = await startRig({
    ...options,
    change: (yaml) => `${yaml}admin: { port: 0, tokenFile: "${tokenFile}" }\n`,
  });
  return Object.assign(rig, { tokenFile });
}

/** What the admin API said. */
export interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

/** Asks it; a body makes it a POST. */
export async function ask(
  { admin }: Gateway,
  path: string,
  { token = TOKEN, body }: { token?: string | null; body?: unknown } = {},
): Promise<Told> {
  assert(admin !== undefined);
  const response = await fetch(`${admin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Record<string, unknown>, text };
}

/** Asserts that it refused. */
export function assertRefusal(told: Told, status: number, code: string): void {
  const { error } = told.body as { error: { code: string; message: { zh: string; en: string } } };
  assert.deepEqual([told.status, error.code], [status, code], told.text);
  assert(error.message.zh !== '' && error.message.en !== '');
}

/** Has a settlement handed to a person; returns its message and its number. */
export async function handOver({ gateway, far }: Rig, token = TOKEN): Promise<{ body: string; id: number }> {
  far.behave(({ infno }) => (infno === '2207' ? 'lost' : { refused: '已日结，不能冲正' }));
  const body = settlement();
  assertUnknown(await post(gateway.url, body), 'HANDED_TO_PERSON');
  far.behave(() => undefined);
  const { exchanges } = (await ask(gateway, '/admin/exchanges?state=handed-to-person&limit=1', { token }))
    .body;
  const [{ id }] = exchanges as [{ id: number }];
  return { body, id };
}

/** What a person found out. */
export const RESOLUTION = { as: 'reversed', reason: '与参保地电话核实，未结算', operator: '王工 0007' };

/** A token for each role. */
export type Tokens = Readonly<Record<AdminRole, string>>;

/** A rig with a token for each role, named after it; `more` adds items to the list. */
export async function startRoleRig(
  options: RigOptions = {},
  more = '',
): Promise<Rig & { readonly tokens: Tokens }> {
  const made = {
    viewer: createAdminToken(),
    operator: createAdminToken(),
    auditor: createAdminToken(),
    administrator: createAdminToken(),
  };
  const items = Object.entries(made).map(
    ([role, { hash }]) => `    - { name: 测试${role}, role: ${role}, hash: "${hash}" }\n`,
  );
  const rig = await startRig({
    ...options,
    change: (yaml) =>
      `${options.change?.(yaml) ?? yaml}admin:\n  port: 0\n  tokens:\n${items.join('')}${more}`,
  });
  const { viewer, operator, auditor, administrator } = made;
  const tokens = {
    viewer: viewer.token,
    operator: operator.token,
    auditor: auditor.token,
    administrator: administrator.token,
  };
  return Object.assign(rig, { tokens });
}
