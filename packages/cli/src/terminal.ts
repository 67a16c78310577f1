/** A person at the terminal, who is asked on standard error and answers on standard input. */
import { createInterface } from 'node:readline';

/** Reads what a person writes. */
export interface Terminal {
  /** The next line without blanks around it; `undefined` once the input has ended. */
  read(): Promise<string | undefined>;
  close(): void;
}

/** Opens standard input, line by line. */
export function openTerminal(): Terminal {
  const lines = createInterface({ input: process.stdin });
  const iterator = lines[Symbol.asyncIterator]();
  return {
    async read() {
      const line = await iterator.next();
      return line.done === true ? undefined : line.value.trim();
    },
    close: () => lines.close(),
  };
}
