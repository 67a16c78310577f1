/** Several nodes of one party behind a plain balancer. */
import type { PartyProcess } from './party-process.ts';

/** The nodes as one party: messages go to those that are up in turn, a kill takes one of them, a start all that are down. */
export function createPartyGroup(name: string, nodes: readonly PartyProcess[]): PartyProcess {
  let turn = 0;
  let victim = 0;
  const urls = (): readonly string[] => nodes.flatMap((node) => node.urls());
  return {
    name,
    urls,
    url() {
      const up = urls();
      return up[(turn += 1) % up.length];
    },
    async start(options) {
      const down = nodes.filter((node) => node.url() === undefined);
      return (await Promise.all(down.map((node) => node.start(options)))).every(Boolean);
    },
    async kill() {
      await nodes[(victim += 1) % nodes.length]?.kill();
    },
    async end() {
      await Promise.all(nodes.map((node) => node.end()));
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
    ledger: () => Promise.reject(new Error('the books of several nodes are in their journal')),
  };
}
