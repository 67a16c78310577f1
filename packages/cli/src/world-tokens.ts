/** The admin tokens of the sandbox: one for each role, the same for all of its gateways. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAdminToken, ROLE_NAMES } from '@yiqiao/gateway';
import type { AdminRole } from '@yiqiao/gateway';

/** Where the tokens are, and the part of a configuration that knows them. */
export interface WorldTokens {
  readonly files: Readonly<Record<AdminRole, string>>;
  /** The member `admin` as YAML, on a free port. */
  readonly yaml: string;
}

/** Makes them and writes each into a file of its own, `ROLE.token`. */
export function makeWorldTokens(folder: string): WorldTokens {
  const made = ROLE_NAMES.map((role) => {
    const { token, hash } = createAdminToken();
    const file = join(folder, `${role}.token`);
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    return { role, file, item: `    - { name: 沙箱 ${role}, role: ${role}, hash: "${hash}" }\n` };
  });
  return {
    files: Object.fromEntries(made.map(({ role, file }) => [role, file])) as Record<AdminRole, string>,
    yaml: `admin:
  port: 0    # a free port; the log and world.json tell which
  tokens:    # yiqiao admin token make
${made.map(({ item }) => item).join('')}`,
  };
}
