/** Errors of adapters: their stores, definitions, devices and what they hand out. Part of the error catalogue. */
import { caller } from './caller-errors.ts';
import { askTechnician, tryAgain } from './cashier-texts.ts';
import type { ErrorKind } from './errors.ts';

export const ADAPTER_ERRORS = {
  STORE_FAILED: {
    origin: 'gateway',
    outcome: 'rejected',
    http: 503,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '适配器的存储无法写入（磁盘满、损坏或长时间被占用），本步未生效。',
      en: 'The store of an adapter could not be written (disk full, damaged, held for too long); this step did not take effect.',
    },
    cashier: tryAgain,
  },
  STORE_UNUSABLE: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '适配器的存储文件无法打开（不是存储文件、版本更新、已损坏、密钥不符或目录不可写），原因见明细。',
      en: 'The store of an adapter cannot be opened (no store, newer, damaged, another key, folder not writable); the reason is listed.',
    },
    cashier: askTechnician,
  },
  ADAPTER_INVALID: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '适配器的定义或映射不完整，逐项见明细。',
      en: 'The definition or the mapping of an adapter is incomplete; each fault is listed.',
    },
    cashier: askTechnician,
  },
  NOTIFICATION_ALTERED: {
    ...caller,
    http: 409,
    kind: 'technical',
    cause: {
      zh: '同一编号的通知此前已收到，而内容不同；先到的有效，本次未处理，请核对发送方。',
      en: 'A notification of this number came before with other content; the first one holds, this one was not acted on. Ask its sender.',
    },
    cashier: askTechnician,
  },
  CREDENTIAL_ENDED: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '医保电子凭证的令牌已过有效期，请重新扫码后再办理；本次未发出。',
      en: 'The token of the e-credential has ended; have it scanned again. Nothing was sent.',
    },
    cashier: {
      zh: '电子凭证已过期，请参保人重新出示二维码扫码；本次未扣款。',
      en: 'The e-credential has ended; have the code shown and scanned again. Nothing was charged.',
    },
  },
  CREDENTIAL_OTHER_PERSON: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '重新出示的电子凭证属于另一人，未采用；本次未发出。',
      en: 'The e-credential that was shown again belongs to another person; it was not used. Nothing was sent.',
    },
    cashier: {
      zh: '出示的二维码不是就诊人本人的，请核对后重新扫码；本次未扣款。',
      en: 'The code shown is not that of the patient; check and scan again. Nothing was charged.',
    },
  },
  DEVICE_UNAVAILABLE: {
    ...caller,
    http: 503,
    kind: 'technical',
    cause: {
      zh: '读卡器或扫码设备不可用（未连接、驱动未装或被占用），未读到任何内容。',
      en: 'The card reader or scanner cannot be used (unplugged, no driver, in use); nothing was read.',
    },
    cashier: {
      zh: '读卡设备未就绪，请检查连接后重试；本次未扣款。',
      en: 'The reader is not ready; check its cable and try again. Nothing was charged.',
    },
  },
  CARD_UNREADABLE: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '没有读到完整的卡（未放卡、中途取卡、卡损坏或密码有误），未发生任何变化。',
      en: 'No whole card was read (none there, taken away too early, damaged, wrong password); nothing has changed.',
    },
    cashier: {
      zh: '未读到卡，请放好卡片后重试，或改用其他凭证；本次未扣款。',
      en: 'The card was not read; place it again or use another credential. Nothing was charged.',
    },
  },
} as const satisfies Record<string, ErrorKind>;
