import assert from 'node:assert/strict';
import type { Gateway } from '@yiqiao/gateway';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { ENDPOINTS } from '#internal/admin-endpoints.ts';
import type { Endpoint } from '#internal/admin-endpoints.ts';
import { ROLES } from '#internal/admin-roles.ts';
import { ask, handOver, startRoleRig } from './admin-rig.ts';
import type { Tokens } from './admin-rig.ts';
import { oddly } from './far-side.ts';
import { settlement } from './messages.ts';
import { assertDone, post } from './posts.ts';
import { endAll, makeFolder } from './rig.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<string, { readonly content: { readonly 'application/json': Content } }>
  >;
}

interface Content {
  readonly schema: { readonly $ref: string };
  readonly example?: object;
  readonly examples?: Readonly<Record<string, { readonly value: object }>>;
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

async function documentOf({ admin }: Gateway): Promise<OpenApi> {
  const response = await fetch(`${admin}/admin/openapi.json`);
  assert.equal(response.status, 200);
  return (await response.json()) as OpenApi;
}

/** Holds something against a schema of the document. */
function validatorOf(document: OpenApi): (ref: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'document');
  return (ref) => ajv.compile({ $ref: `document${ref}` });
}

function operationsOf(document: OpenApi): [string, string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      method,
      path,
      operation,
    ]),
  );
}

/** A token of a role that may use an address. */
function tokenFor({ permission }: Endpoint, tokens: Tokens): string {
  const roles = Object.keys(ROLES) as (keyof Tokens)[];
  const role = roles.find((one) => permission === undefined || ROLES[one].includes(permission));
  assert(role !== undefined);
  return tokens[role];
}

describe('The OpenAPI document of the admin API', () => {
  afterEach(endAll);

  it('has every address that is served, and no other', async () => {
    const { gateway, tokens } = await startRoleRig();
    const document = await documentOf(gateway);
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual(
      operationsOf(document).map(([method, path, { operationId }]) => `${operationId} ${method} ${path}`),
      Object.entries<Endpoint>(ENDPOINTS).map(
        ([name, { method, path }]) => `${name} ${method.toLowerCase()} ${path}`,
      ),
    );
    for (const [method, path] of operationsOf(document)) {
      const asked = await ask(gateway, path.replace('{id}', '999'), {
        token: tokens.viewer,
        ...(method === 'post' && { body: {} }),
      });
      // 404 would say that there is no such exchange: only the address of one has that right.
      assert(asked.status !== 404 || path.includes('{id}'), `${method} ${path}`);
    }
  });

  it('has examples that fit its schemas', async () => {
    const document = await documentOf((await startRoleRig()).gateway);
    const validator = validatorOf(document);
    let examples = 0;
    for (const [method, path, { responses }] of operationsOf(document)) {
      for (const [status, { content }] of Object.entries(responses)) {
        const { schema, example, examples: several = {} } = content['application/json'];
        const validate = validator(schema.$ref);
        const values = [
          ...(example === undefined ? [] : [example]),
          ...Object.values(several).map((one) => one.value),
        ];
        assert(values.length > 0);
        for (const value of values) {
          examples += 1;
          assert(validate(value), `${method} ${path} ${status}: ${JSON.stringify(validate.errors)}`);
        }
      }
    }
    assert(examples > 100, String(examples));
  });

  it('describes what is really answered', async () => {
    const rig = await startRoleRig({
      change: (yaml) =>
        `${withBackups(yaml)}closures: [{ peer: hub, from: "00:00", to: "23:59", reason: maintenance }]\n`,
    });
    const { gateway, tokens } = rig;
    await ask(gateway, '/admin/me', { token: 'wrong' });
    const { id } = await handOver(rig, tokens.operator);
    rig.far.behave(oddly);
    assertDone(await post(gateway.url, settlement({ mdtrt_id: '"S0009"' })));
    const document = await documentOf(gateway);
    const validator = validatorOf(document);
    const bodies: Readonly<Record<string, object>> = {
      revealExchange: { reason: '核对金额' },
      resolveExchange: { as: 'rejected', reason: '电话核实' },
      lookAtExchange: { reason: '已核对' },
      reload: { reason: '换证书' },
      backUp: { reason: '升级前' },
    };
    for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
      const body = bodies[name];
      const told = await ask(
        gateway,
        endpoint.path.replace('{id}', String(name === 'lookAtExchange' ? id + 1 : id)),
        {
          token: tokenFor(endpoint, tokens),
          ...(body !== undefined && { body }),
        },
      );
      assert.equal(told.status, 200, `${name}: ${told.text}`);
      const validate = validator(`#/components/schemas/${endpoint.answer}`);
      assert(validate(told.body), `${name}: ${JSON.stringify(validate.errors)} ${told.text}`);
    }
  });

  it('describes refusals as they are', async () => {
    const { gateway, tokens } = await startRoleRig();
    const document = await documentOf(gateway);
    const validate = validatorOf(document)('#/components/schemas/Error');
    const asked = [
      await ask(gateway, '/admin/me', { token: null }),
      await ask(gateway, '/admin/nothing', { token: tokens.viewer }),
      await ask(gateway, '/admin/audit', { token: tokens.operator }),
      await ask(gateway, '/admin/exchanges?limit=0&day=2026-02-30&peers=x', { token: tokens.viewer }),
      await ask(gateway, '/admin/reload', { token: tokens.administrator, body: {} }),
    ];
    for (const { body, text } of asked) assert(validate(body), text);
    assert.deepEqual(
      asked.map(({ status }) => status),
      [401, 404, 403, 400, 400],
    );
    const [, , , refused] = asked;
    assert(refused !== undefined);
    const { faults } = refused.body['error'] as { faults: { at: string; rule: string }[] };
    assert.deepEqual(
      faults.map(({ rule, at }) => `${rule} ${at}`),
      ['unknown /query/peers', 'day /query/day', 'integer /query/limit'],
    );
  });
});

describe('The page of the admin API', () => {
  afterEach(endAll);

  it('comes with all that it needs, from the gateway alone and without a token', async () => {
    const { gateway } = await startRoleRig();
    const page = await fetch(`${gateway.admin}/admin/docs`);
    const html = await page.text();
    assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self'/);
    const parts = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path);
    assert.equal(parts.length, 4);
    for (const path of parts) {
      const part = await fetch(`${gateway.admin}${path}`);
      await part.arrayBuffer();
      assert.deepEqual([path, part.status], [path, 200]);
    }
    const secret = await fetch(`${gateway.admin}/admin/docs/../me`);
    assert.equal(secret.status, 401);
  });
});

function withBackups(yaml: string): string {
  const journal = `journal: { file: journal.sqlite, backup: { folder: "${makeFolder()}" } }`;
  return yaml.replace('journal: journal.sqlite', journal);
}
