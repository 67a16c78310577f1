/** `yiqiao sandbox`: one simulated platform, serving until it is told to end. */
import { FAULT_KINDS } from '@yiqiao/sandbox';
import type { Fault } from '@yiqiao/sandbox';
import type { Report } from './report.ts';
import { SANDBOX_PLATFORMS } from './sandbox-platforms.ts';
import { untilStopped } from './until-stopped.ts';

/** Starts a platform, or lists them. */
export async function runPlatform(
  report: Report,
  name: string | undefined,
  options: { port?: string; fault?: string[] },
): Promise<number> {
  const platform = name === undefined ? undefined : SANDBOX_PLATFORMS[name];
  if (platform === undefined) return listPlatforms(report, name);
  const port = Number(options.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return report.fail(new Error('--port: 应为端口号 must be a port number'));
  const faults = (options.fault ?? []).map(readFault);
  const stop = untilStopped();
  const started = await platform.start({ port });
  try {
    for (const fault of faults) started.faults.next(fault);
    report.line(`${platform.about.zh} ${platform.about.en}: ${started.url}`);
    for (const [fact, value] of Object.entries(started.facts)) report.line(`  ${fact}: ${value}`);
    report.line(`  故障 faults  POST ${started.url}faults   账目 books  GET ${started.url}ledger`);
    report.progress(`serving ${started.url}`);
    await stop;
    return report.finish(true, { platform: name, url: started.url });
  } finally {
    await started.close();
  }
}

function listPlatforms(report: Report, wrong: string | undefined): number {
  for (const [name, { about }] of Object.entries(SANDBOX_PLATFORMS))
    report.line(`${name.padEnd(16)}  ${about.zh}  ${about.en}`);
  const platforms = Object.keys(SANDBOX_PLATFORMS);
  if (wrong === undefined) return report.finish(true, { platforms });
  return report.fail(
    new Error(`没有名为 ${wrong} 的平台 there is no platform ${wrong}: ${platforms.join(', ')}`),
  );
}

/** `KIND`, `KIND:OPERATION` or `KIND:OPERATION:TIMES`. */
function readFault(text: string): Fault {
  const [kind, infno, times] = text.split(':');
  const known = FAULT_KINDS.find((one) => one === kind);
  if (known === undefined || (times !== undefined && !/^[1-9]\d*$/.test(times)))
    throw new Error(
      `--fault ${text}: 应为 KIND[:OPERATION[:TIMES]]，KIND 为 must be one of ${FAULT_KINDS.join(', ')}`,
    );
  return {
    kind: known,
    ...(infno === undefined || infno === '' ? {} : { infno }),
    ...(times === undefined ? {} : { times: Number(times) }),
  };
}
