/** `yiqiao config check`: everything that can be wrong before a gateway starts. */
import { checkGatewayConfig } from '@yiqiao/gateway';
import { EXIT, formatFault } from './report.ts';
import type { Report } from './report.ts';

/** Exit code 1 when the file has faults; each is told with line and remedy. */
export function checkConfig(report: Report, file: string): number {
  const { faults, summary } = checkGatewayConfig(file);
  if (faults.length === 0) {
    for (const line of summary) report.line(line);
    report.line(`配置可用 / ${file} is fit to start a gateway`);
    return report.finish(true, { file, faults });
  }
  report.line(`${file}: ${faults.length} 处有误 / ${faults.length} faults`);
  for (const fault of faults) report.line(formatFault(fault));
  report.finish(false, { file, faults });
  return EXIT.failed;
}
