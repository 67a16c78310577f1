/** Shapes of bytes that an adapter may choose from, or replace by one of its own. */
import { createJsonForm, createUrlEncodedForm, createXmlForm } from '@yiqiao/wire';
import type { FormMessage, FormOptions, MessageForm, XmlFormOptions } from '@yiqiao/wire';
import type { WireObject } from '@yiqiao/model';

/** Bytes ⇄ members, requests and answers. Everything bad is a `GatewayError` with place and remedy. */
export interface AdapterCodec {
  /** Media type of requests, with charset. */
  readonly contentType: string;
  /** Media type of our answers to what calls us; as requests when absent. */
  readonly answerType?: string;
  formatRequest(members: WireObject): Uint8Array;
  parseRequest(bytes: Uint8Array): FormMessage;
  formatResponse(members: WireObject): Uint8Array;
  parseResponse(bytes: Uint8Array): FormMessage;
}

/** JSON objects; numbers keep their text, so that no amount becomes a float. */
export function jsonCodec(options: FormOptions = {}): AdapterCodec {
  const form = createJsonForm(options);
  return codecOf(form, form);
}

/** XML, one root for requests and one for answers. */
export function xmlCodec(forms: {
  readonly request: XmlFormOptions;
  readonly response: XmlFormOptions;
}): AdapterCodec {
  return codecOf(createXmlForm(forms.request), createXmlForm(forms.response));
}

/** Forms (`a=1&b=2`) that are answered by JSON, or by forms. */
export function formCodec(options: FormOptions & { readonly answer?: 'json' | 'form' } = {}): AdapterCodec {
  const { answer = 'json', ...form } = options;
  return codecOf(
    createUrlEncodedForm(form),
    answer === 'json' ? createJsonForm(form) : createUrlEncodedForm(form),
  );
}

/** A codec of two forms: those of this kit, or any that reads and writes members. */
export function codecOf(request: MessageForm, response: MessageForm): AdapterCodec {
  return {
    contentType: request.contentType,
    answerType: response.contentType,
    formatRequest: (members) => request.format(members),
    parseRequest: (bytes) => request.parse(bytes),
    formatResponse: (members) => response.format(members),
    parseResponse: (bytes) => response.parse(bytes),
  };
}
