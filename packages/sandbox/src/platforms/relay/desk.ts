/** The devices of a desk. Source: mobile-payment.json, electronicCredential and cards; the order of the parts is ours. */

/** A card of the sandbox: its parts as the reader writes them. Project design. */
export interface SandboxCard {
  readonly region: string;
  readonly identityNumber: string;
  readonly cardNumber: string;
  readonly cardSerial: string;
  readonly name: string;
}

/** A code that somebody holds before the scanner. */
export interface ShownCode {
  readonly identityNumber: string;
  readonly name: string;
  readonly region: string;
}

/** What a function is called with. */
export interface DeviceCall {
  readonly text: string;
  readonly beside: Readonly<Record<string, string>>;
}

/** What it gives, or why the relay could not call it. */
export type DeviceAnswer =
  | { readonly text: string; readonly beside: Readonly<Record<string, string>> }
  | { readonly code: string; readonly text: string };

/** What people do at the desk. */
export interface Desk {
  insertCard(card: SandboxCard): void;
  /** It is taken away. */
  removeCard(): void;
  /** The reader's cable is pulled out, or put in again. */
  unplug(): void;
  plug(): void;
  /** Somebody shows a code; `undefined`: nobody does. */
  showCode(code: ShownCode | undefined): void;
  /** The relay hands on UTF-8 where GBK is agreed. */
  confuseCharset(isConfused: boolean): void;
  /** Tokens that were given out, in order. */
  tokens(): readonly string[];
}

/** A desk whose functions can be called. */
export interface DeskParts extends Desk {
  find(library: string, name: string): ((call: DeviceCall) => DeviceAnswer) | undefined;
  charset(): 'gbk' | 'utf8';
}

const UNPLUGGED: DeviceAnswer = { code: 'DEVICE_UNAVAILABLE', text: '读卡器未连接' };

/** Makes a desk with a reader that is plugged in, no card and nobody before it. */
export function createDesk(): DeskParts {
  let isPlugged = true;
  let isConfused = false;
  let card: SandboxCard | undefined;
  let code: ShownCode | undefined;
  const tokens: string[] = [];
  const readCard = (): DeviceAnswer => {
    if (!isPlugged) return UNPLUGGED;
    if (card === undefined) return { text: '', beside: { return: '-1', errmsg: '未放置社会保障卡' } };
    const { region, identityNumber, cardNumber, cardSerial, name } = card;
    const text = [region, identityNumber, cardNumber, cardSerial, name].join('|');
    return { text, beside: { return: '0', busicardinfo: '' } };
  };
  const decode = ({ text }: DeviceCall): DeviceAnswer => {
    if (!isPlugged) return UNPLUGGED;
    const { transType } = JSON.parse(text) as { readonly transType?: string };
    if (transType !== 'ec.query') return answer({ code: '2001', message: '不支持的交易类型' });
    if (code === undefined) return answer({ code: '1001', message: '未扫描到二维码' });
    const token = `EC${String(tokens.length + 1).padStart(30, '0')}`;
    tokens.push(token);
    const data = {
      ecToken: token,
      idNo: code.identityNumber,
      idType: '01',
      userName: code.name,
      insuOrg: code.region,
    };
    return answer({ code: '0', message: '成功', data });
  };
  const functions = new Map([
    ['HeaSecReadInfo.dll/ReadCardBas', readCard],
    ['NationECCode.dll/NationEcTrans', decode],
  ]);
  return {
    insertCard: (inserted) => void (card = inserted),
    removeCard: () => void (card = undefined),
    unplug: () => void (isPlugged = false),
    plug: () => void (isPlugged = true),
    showCode: (shown) => void (code = shown),
    confuseCharset: (confused) => void (isConfused = confused),
    tokens: () => [...tokens],
    find: (library, name) => functions.get(`${library}/${name}`),
    charset: () => (isConfused ? 'utf8' : 'gbk'),
  };
}

function answer(content: object): DeviceAnswer {
  return { text: JSON.stringify(content), beside: { return: '0' } };
}
