/** Resolves when the process is told to end. Repeated signals are ignored: one to the whole group may arrive twice. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}
