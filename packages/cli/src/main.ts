/** The `yiqiao` command. */
import { runCommand } from './command.ts';

// A reader that has enough, such as `head`, closes the pipe: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCommand(process.argv.slice(2), { out: process.stdout, err: process.stderr });
