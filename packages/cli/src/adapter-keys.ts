/** `yiqiao adapter rotate-key`: what an adapter does to its store when it starts, done while it does not run. */
import { resolve } from 'node:path';
import { GatewayError } from '@yiqiao/model';
import { sealStore } from '@yiqiao/sdk';
import { readAdapterFile } from './adapter-file.ts';
import type { Report } from './report.ts';

/** Seals everything in the store with the key in force; 1 when something is damaged, or old keys are still needed. */
export async function rotateStoreKey(report: Report, file: string): Promise<number> {
  const { encryption, settings, folder } = await readAdapterFile(file);
  const { store } = settings;
  if (encryption === undefined || typeof store !== 'string') throw withoutKey();
  const { sealed, damaged, isUnderWay } = sealStore(resolve(folder, store), encryption);
  report.line(
    `${store}: ${sealed} 项已用现行密钥加密 sealed with the key in force，${damaged} 项损坏、未动 damaged, left`,
  );
  if (isUnderWay)
    report.line(
      '另一进程占用文件，旧密钥仍须保留；停止后再执行 / another process holds the file: keep the old keys, stop it and try again',
    );
  return report.finish(damaged === 0 && !isUnderWay, { store, sealed, damaged, isUnderWay });
}

function withoutKey(): GatewayError {
  const fault = {
    rule: 'required',
    at: '/store/encryption',
    field: 'store.encryption',
    label: { zh: '存储加密', en: 'encryption of the store' },
    message: {
      zh: '未配置密钥；应为 store: { file, encryption: { algorithm, key: { file } } }',
      en: 'there is no key; write store: { file, encryption: { algorithm, key: { file } } }',
    },
  };
  return new GatewayError('CONFIG_INVALID', { faults: [fault] });
}
