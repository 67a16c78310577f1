/** The admin API for people: the OpenAPI document as a page. Needs no token, since it says nothing of this gateway. */
import { readFileSync } from 'node:fs';
import type { Server } from '@hapi/hapi';
import { createOpenApi } from './admin-openapi.ts';

/** Where the page is. */
const PAGE_PATH = '/admin/docs';
/** Where the document is. */
const DOCUMENT_PATH = '/admin/openapi.json';

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The styles of the page are set by its script. */
const SECURITY = `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

const HTML = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>医桥网关管理接口 · Yiqiao gateway admin API</title>
<link rel="icon" href="${PAGE_PATH}/favicon-32x32.png">
<link rel="stylesheet" href="${PAGE_PATH}/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="${PAGE_PATH}/swagger-ui-bundle.js"></script>
<script src="${PAGE_PATH}/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: '${DOCUMENT_PATH}', dom_id: '#page', validatorUrl: null });\n`;

/** Adds the document and the page to a server. */
export function addPage(server: Server): void {
  const document = createOpenApi();
  const folder = new URL('.', import.meta.resolve('swagger-ui-dist/package.json'));
  const pieces = new Map<string, { readonly type: string; readonly body: () => string | Buffer }>([
    [DOCUMENT_PATH, { type: 'application/json; charset=utf-8', body: () => JSON.stringify(document) }],
    [PAGE_PATH, { type: 'text/html; charset=utf-8', body: () => HTML }],
    [`${PAGE_PATH}/start.js`, { type: 'text/javascript; charset=utf-8', body: () => START }],
    ...Object.entries(ASSETS).map(
      ([name, type]) =>
        [`${PAGE_PATH}/${name}`, { type, body: () => readFileSync(new URL(name, folder)) }] as const,
    ),
  ]);
  for (const [path, { type, body }] of pieces) {
    server.route({
      method: 'GET',
      path,
      options: { auth: false },
      handler: (_request, h) =>
        h.response(body()).header('content-type', type).header('content-security-policy', SECURITY),
    });
  }
}
