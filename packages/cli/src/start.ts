/** `yiqiao start`: the sandbox with its visits, then serving; or one gateway from a configuration file. */
import { resolve } from 'node:path';
import { GatewayError } from '@yiqiao/model';
import { startGateway } from '@yiqiao/gateway';
import type { Report } from './report.ts';
import { untilStopped } from './until-stopped.ts';
import { runVisits } from './visits.ts';
import { INSTITUTIONS, startWorld } from './world.ts';
import type { World } from './world.ts';

/** Serves until SIGINT or SIGTERM, then ends cleanly. */
export function runStart(report: Report, options: { config?: string; data: string }): Promise<number> {
  return options.config === undefined
    ? serveWorld(report, options.data)
    : serveGateway(report, options.config);
}

async function serveWorld(report: Report, data: string): Promise<number> {
  const stop = untilStopped();
  const world = await startWorld({ folder: resolve(data), ports: 'preferred', logLevel: 'error' });
  try {
    const { ok, visits } = await runVisits(world, report);
    tellWhere(report, world);
    report.progress(`serving ${world.gateways.national.url}`);
    await stop;
    report.progress('正在停止 stopping');
    return report.finish(ok, { visits });
  } finally {
    await world.close();
  }
}

function tellWhere(report: Report, { gateways, folder }: World): void {
  report.line('服务中 serving (Ctrl-C 结束 ends it):');
  report.line(`  就医地 care place 530000, national JSON       POST ${gateways.national.url}`);
  report.line(`  就医地 care place 440000, predecessor SOAP    POST ${gateways.predecessor.url}`);
  report.line(`  国家子系统 hub                                POST ${gateways.hub.url}`);
  report.line(`  参保地 insured place 330000                   POST ${gateways.insuredPlace.url}`);
  report.line(
    `  健康 health  GET ${gateways.national.base}/health/ready   指标 metrics  GET ${gateways.national.base}/metrics`,
  );
  report.line('  人工队列 manual queue   npm run -s yiqiao -- exchanges list');
  report.line(`  未签名联调机构 institution that need not sign: ${INSTITUTIONS.unsigned.code}`);
  report.line(`  配置、密钥、日志库 configurations, keys, journals: ${folder}`);
}

async function serveGateway(report: Report, configFile: string): Promise<number> {
  const stop = untilStopped();
  const gateway = await startGateway({ configFile });
  report.line(`POST ${gateway.url}`);
  if (gateway.admin !== undefined) report.line(`管理 admin ${gateway.admin}`);
  report.progress(`serving ${gateway.url}`);
  process.on('SIGHUP', () => {
    try {
      gateway.reload();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      report.fail(error);
    }
  });
  await stop;
  await gateway.close();
  return report.finish(true, { url: gateway.url });
}
