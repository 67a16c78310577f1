/** `yiqiao map check`: whether the maps of the profiles lose anything that they do not declare. */
import { checkMaps } from '@yiqiao/insurance-platform';
import type { MapProof } from '@yiqiao/insurance-platform';
import type { Registry } from '@yiqiao/registry';
import { faultIn, registryWith } from './profile-places.ts';
import { formatFault } from './report.ts';
import type { Report } from './report.ts';

/** Options of the command. */
export interface MapCheckOptions {
  readonly seed: string;
  /** Folder of further profiles, which come before the built-in ones. */
  readonly dir?: string;
}

/** Exit code 1 when a profile is broken or a map has faults; the others are checked all the same. */
export function checkAllMaps(report: Report, profile: string | undefined, options: MapCheckOptions): number {
  const seed = Number(options.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new Error('--seed 应为非负整数 / --seed is a whole number, not negative');
  }
  const { dir } = options;
  const registry = registryWith(dir);
  const ids = profile === undefined ? registry.profiles() : [knownProfile(registry, profile)];
  const proofs = ids.map((id) => placed(checkMaps(registry, id, { seed }), dir));
  for (const proof of proofs) tell(report, proof, profile !== undefined);
  const losses = proofs.flatMap((proof) => proof.losses.map((loss) => ({ profile: proof.profile, ...loss })));
  const faults = proofs.flatMap((proof) =>
    proof.faults.map((fault) => ({ profile: proof.profile, ...fault })),
  );
  const remarks = proofs.flatMap((proof) =>
    proof.remarks.map((remark) => ({ profile: proof.profile, ...remark })),
  );
  const sum = (count: (proof: MapProof) => number): number =>
    proofs.reduce((all, proof) => all + count(proof), 0);
  const totals = {
    carried: sum((proof) => proof.carried),
    lost: sum((proof) => proof.lost),
    withoutEqual: sum((proof) => proof.withoutEqual),
    unattested: sum((proof) => proof.unattested),
    roundTrips: sum((proof) => proof.roundTrips),
  };
  report.line(
    `${proofs.length} 个方案，${totals.roundTrips} 条生成报文往返无损，${faults.length} 处有误，种子 ${seed} / ` +
      `${proofs.length} profiles, ${totals.roundTrips} generated messages came back unchanged, ${faults.length} faults, seed ${seed}`,
  );
  return report.finish(faults.length === 0, {
    seed,
    ...totals,
    profiles: proofs.map((proof) => ({
      ...proof,
      losses: proof.losses.length,
      faults: proof.faults.length,
      remarks: proof.remarks.length,
    })),
    losses,
    faults,
    remarks,
  });
}

/** @throws GatewayError `CONFIG_INVALID` for an id that no profile has; a broken one is known. */
function knownProfile(registry: Registry, id: string): string {
  return registry.profiles().includes(id) ? id : registry.profile(id).id;
}

function placed(proof: MapProof, dir: string | undefined): MapProof {
  const { faults, remarks } = proof;
  return {
    ...proof,
    faults: faults.map((fault) => faultIn(dir, fault)),
    remarks: remarks.map((remark) => faultIn(dir, remark)),
  };
}

function tell(report: Report, proof: MapProof, alone: boolean): void {
  const mark = { proven: '✓', faulty: '✗', 'no maps': '–' }[stateOf(proof)];
  const { profile, transactions, mapped, carried, verbatim, lost, withoutEqual, unattested } = proof;
  report.line(
    `${mark} ${profile}: ${mapped}/${transactions} mapped, incomplete ${proof.incomplete.length}, carried ${carried}, verbatim ${verbatim}, ` +
      `lost ${lost}, without equal ${withoutEqual}, inferred ${proof.inferred}, unattested ${unattested}, ` +
      `round trips ${proof.roundTrips}`,
  );
  for (const fault of proof.faults) report.line(formatFault(fault));
  if (proof.remarks.length > 0) report.line('  提示 / remarks');
  for (const remark of proof.remarks) report.line(formatFault(remark));
  if (!alone) return;
  for (const transaction of proof.unmapped) {
    const reason = proof.notMapped[transaction];
    report.line(`  没有映射 / not mapped ${transaction}${reason === undefined ? '' : `: ${reason}`}`);
  }
  for (const { map, fields } of proof.incomplete) {
    report.line(`  不完整 / incomplete ${map}: ${fields.join(', ')}`);
  }
  list(report, '没有英文名的字段 / fields without English name', proof.unnamed);
  for (const { transaction, operation, direction, kind, wire, model, because } of proof.losses) {
    report.line(`  ${kind} ${transaction} ${operation} ${direction}: ${[...wire, ...model].join(', ')}`);
    report.line(`    ${because}`);
  }
}

/** A profile without maps has nothing to prove. */
function stateOf({ ok, mapped }: MapProof): 'proven' | 'faulty' | 'no maps' {
  if (!ok) return 'faulty';
  return mapped === 0 ? 'no maps' : 'proven';
}

function list(report: Report, title: string, names: readonly string[]): void {
  if (names.length > 0) report.line(`  ${title}: ${names.join(' ')}`);
}
