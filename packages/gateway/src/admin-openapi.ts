/** The admin API as an OpenAPI 3.1 document, made from the table of its addresses. */
import { ENDPOINTS } from './admin-endpoints.ts';
import type { Endpoint } from './admin-endpoints.ts';
import { schemaOfField, schemaOfFields } from './admin-fields.ts';
import type { Schema, Text } from './admin-fields.ts';
import { REFUSALS } from './admin-refusals.ts';
import type { Refusal } from './admin-refusals.ts';
import { PERMISSIONS, rolesWith, ROLES } from './admin-roles.ts';
import { SCHEMAS } from './admin-schemas.ts';

/** Version of the admin API; the first number changes when a caller has to. */
const VERSION = '1.0.0';

/** Creates the document. */
export function createOpenApi(): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    const path = (paths[endpoint.path] ??= {});
    path[endpoint.method.toLowerCase()] = operationOf(name, endpoint);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '医桥网关管理接口 / Yiqiao gateway admin API',
      version: VERSION,
      description: describeRoles(),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'yiqiao admin token make' },
      },
      schemas: SCHEMAS,
    },
  };
}

function operationOf(name: string, endpoint: Endpoint): Schema {
  const { summary, permission, query = {}, body, answer, example } = endpoint;
  const inPath = endpoint.path.includes('{id}') ? [ID] : [];
  const inQuery = Object.entries(query).map(([field, spec]) => ({
    name: field,
    in: 'query',
    required: spec.required === true,
    schema: schemaOfField(spec),
  }));
  return {
    operationId: name,
    summary: both(summary),
    description: permission === undefined ? ANY_ROLE : rolesOf(rolesWith(permission)),
    parameters: [...inPath, ...inQuery],
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOfFields(body) } } },
    }),
    responses: {
      200: {
        description: both(summary),
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` }, example } },
      },
      ...refusalsOf(endpoint),
    },
  };
}

const ID = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'integer', minimum: 1, description: '交易编号 / number of the exchange' },
};

const ANY_ROLE = '任何令牌 / any token';

function rolesOf(roles: readonly string[]): string {
  return `角色 / roles: ${roles.join(', ')}`;
}

/** One answer for each status; the codes that may stand in it as examples. */
function refusalsOf(endpoint: Endpoint): Record<string, Schema> {
  const byStatus = Map.groupBy(allRefusals(endpoint), ({ status }) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, refusals]) => [
      status,
      {
        description: refusals.map(({ code }) => code).join(', '),
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Error' },
            examples: Object.fromEntries(
              refusals.map(({ code, message }) => [code, { value: { error: { code, message } } }]),
            ),
          },
        },
      },
    ]),
  );
}

function allRefusals({ permission, query, body, refusals = [] }: Endpoint): readonly Refusal[] {
  const { noToken, wrongToken, expiredToken, forbidden, badQuery, badBody, unreadable, tooLarge } = REFUSALS;
  return [
    noToken,
    wrongToken,
    expiredToken,
    ...(permission === undefined ? [] : [forbidden]),
    ...(query === undefined ? [] : [badQuery]),
    ...(body === undefined ? [] : [badBody, unreadable, tooLarge]),
    ...refusals.map((name) => REFUSALS[name]),
    REFUSALS.tooMany,
    REFUSALS.journal,
    REFUSALS.broken,
  ];
}

function both({ zh, en }: Text): string {
  return `${zh} / ${en}`;
}

function describeRoles(): string {
  const rows = Object.entries(PERMISSIONS).map(([permission, meaning]) => {
    const marks = Object.values(ROLES).map((granted) =>
      (granted as readonly string[]).includes(permission) ? '✓' : '',
    );
    return `| ${both(meaning)} | ${marks.join(' | ')} |`;
  });
  const roles = Object.keys(ROLES);
  return [
    '权限 / permissions',
    '',
    `| | ${roles.join(' | ')} |`,
    `|---|${roles.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n');
}
