/** Orders over HTTP: JSON in the vendor's own names, or XML in GBK, bare or within SOAP. */
import { GatewayError, leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createJsonForm, createXmlForm } from '@yiqiao/sdk';
import type { ListenerRoute, MessageForm } from '@yiqiao/sdk';
import type { Desk } from '../course/desk.ts';
import type { CompiledAction, CompiledMap } from '../map/compiled-map.ts';
import type { XmlMap } from '../map/map-types.ts';
import { readOrder } from '../map/read-order.ts';
import { writeReply } from '../map/write-reply.ts';
import type { HisAction } from '../order.ts';

/** What the entry is made with. */
export interface EntryOptions {
  readonly map: CompiledMap;
  readonly desk: Pick<Desk, 'perform'>;
  /** Hears of what is no error of the catalogue. */
  readonly onError?: (error: unknown) => void;
}

/** Routes for `startListener`. How it went stands in the vendor's own code; the HTTP status is 200. */
export function entryRoutes(options: EntryOptions): readonly ListenerRoute[] {
  const { xml } = options.map.vendor;
  return [...jsonRoutes(options), ...(xml === undefined ? [] : [xmlRoute(options, xml)])];
}

function jsonRoutes(options: EntryOptions): readonly ListenerRoute[] {
  const { map } = options;
  const form = createJsonForm(map.vendor.json ?? {});
  return [...map.actions.values()].flatMap(({ action, map: { path } }): ListenerRoute[] =>
    path === undefined
      ? []
      : [
          {
            method: 'POST',
            path,
            handle: ({ body }) => answered(options, { body, form, actionOf: () => action }),
          },
        ],
  );
}

function xmlRoute(options: EntryOptions, xml: XmlMap): ListenerRoute {
  const { map } = options;
  const request = createXmlForm({ ...formOf(xml), root: xml.root, lists: listsOf(map) });
  const response = createXmlForm({ ...answerForm(xml), root: xml.answerRoot, lists: answerLists(map) });
  const form: MessageForm = { ...response, parse: (bytes) => request.parse(bytes) };
  const byName = new Map([...map.actions.values()].map((one) => [one.map.name ?? one.action, one.action]));
  const actionOf = (message: WireObject): HisAction => {
    const name = leafText(find(message, xml.action)) ?? '';
    const action = byName.get(name.trim());
    if (action === undefined)
      throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { action: name.slice(0, 40) } });
    return action;
  };
  return {
    method: 'POST',
    path: xml.path ?? '/ws',
    handle: ({ body }) => answered(options, { body, form, actionOf }),
  };
}

function formOf({ charset = 'GBK', declaration, soap }: XmlMap) {
  return {
    charset,
    ...(declaration !== undefined && { declaration }),
    ...(soap !== undefined && { soap }),
  };
}

/** Answers stand in the operation's response, as SOAP has it. */
function answerForm(xml: XmlMap) {
  const { soap, ...form } = formOf(xml);
  if (soap?.text === undefined) return { ...form, ...(soap !== undefined && { soap }) };
  const { operation, result } = soap.text;
  return { ...form, soap: { ...soap, text: { operation: `${operation}Response`, argument: result } } };
}

type Lists = Readonly<Record<string, 'elements'>>;

function listsOf(map: CompiledMap): Lists {
  return elements([...map.actions.values()].flatMap(({ known, ignored }) => [...known, ...ignored]));
}

function answerLists(map: CompiledMap): Lists {
  const faults = map.vendor.reply?.faults ?? 'faults';
  const paths = [...map.actions.values()].flatMap(({ map: { answer = [] } }) => answer.map(({ to }) => to));
  return elements([...paths, `${faults}[]`]);
}

/** `FEES.ROW[].PRICE` → `FEES/ROW`. */
function elements(paths: readonly string[]): Lists {
  const lists: Record<string, 'elements'> = {};
  for (const path of paths) {
    for (let at = path.indexOf('[]'); at !== -1; at = path.indexOf('[]', at + 2)) {
      lists[path.slice(0, at).replaceAll('[]', '').replaceAll('.', '/')] = 'elements';
    }
  }
  return lists;
}

function find(message: WireObject, path: string): WireValue | undefined {
  return path
    .split('.')
    .reduce<WireValue | undefined>((value, name) => (value as WireObject | undefined)?.[name], message);
}

async function answered(
  options: EntryOptions,
  asked: {
    readonly body: Uint8Array;
    readonly form: MessageForm;
    readonly actionOf: (message: WireObject) => HisAction;
  },
): Promise<{ readonly contentType: string; readonly body: Uint8Array }> {
  const { map, desk, onError } = options;
  const { form } = asked;
  let action: CompiledAction['action'] = 'settle';
  let reply: WireObject;
  try {
    const { members } = parsed(form, asked.body);
    action = asked.actionOf(members);
    reply = writeReply(map, action, { reply: await desk.perform(readOrder(map, action, members)) });
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) onError?.(thrown);
    const error =
      thrown instanceof GatewayError ? thrown : new GatewayError('INTERNAL', {}, { cause: thrown });
    reply = writeReply(map, action, { error });
  }
  return { contentType: form.contentType, body: form.format(reply) };
}

/** @throws GatewayError as the form does; bytes in GBK where UTF-8 was agreed are named as such. */
function parsed(form: MessageForm, body: Uint8Array): ReturnType<MessageForm['parse']> {
  try {
    return form.parse(body);
  } catch (error) {
    const isGbk = error instanceof GatewayError && error.code === 'CHARSET_WRONG' && isText(body, 'gbk');
    if (!isGbk || !form.contentType.endsWith('UTF-8')) throw error;
    throw new GatewayError('CHARSET_WRONG', { faults: [SENT_AS_GBK] }, { cause: error });
  }
}

const SENT_AS_GBK = {
  rule: 'charset',
  at: '',
  field: 'charset',
  label: { zh: '字符集', en: 'charset' },
  found: 'GBK',
  message: {
    zh: '报文是 GBK 编码，此入口约定 UTF-8；请以 UTF-8 发送，或将映射文件的 json.charset 设为 GBK。',
    en: 'The bytes are GBK where UTF-8 is agreed; send UTF-8, or set json.charset of the map to GBK.',
  },
};

function isText(bytes: Uint8Array, charset: string): boolean {
  try {
    new TextDecoder(charset, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
