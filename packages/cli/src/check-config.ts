/** `yiqiao config check`: everything that can be wrong before a gateway starts. */
import { checkGatewayConfig } from '@yiqiao/gateway';
import type { Fault } from '@yiqiao/model';
import { EXIT, formatFault } from './report.ts';
import type { Report } from './report.ts';

/** Exit code 1 when the file has faults; each is told with line and remedy. */
export function checkConfig(report: Report, file: string): number {
  const { faults, remarks, summary } = checkGatewayConfig(file);
  if (faults.length === 0) {
    for (const line of summary) report.line(line);
    tellRemarks(report, remarks);
    report.line(`配置可用 / ${file} is fit to start a gateway`);
    return report.finish(true, { file, faults, remarks });
  }
  report.line(`${file}: ${faults.length} 处有误 / ${faults.length} faults`);
  for (const fault of faults) report.line(formatFault(fault));
  tellRemarks(report, remarks);
  report.finish(false, { file, faults, remarks });
  return EXIT.failed;
}

/** What stops nothing, and should be looked at all the same. */
function tellRemarks(report: Report, remarks: readonly Fault[]): void {
  if (remarks.length === 0) return;
  report.line(
    `${remarks.length} 处提示，不妨碍启动 / ${remarks.length} remarks, none of which stops a start`,
  );
  for (const remark of remarks) report.line(formatFault(remark));
}
