import { createRegistry } from '../../packages/registry/src/index.ts';
import { rowsOf, SHAPES } from './mapping-lines.ts';
const registry = createRegistry();
const [,, codec, op, n, k] = process.argv;
const shape = SHAPES.find((s)=>s.codec===codec)!;
const l = rowsOf(registry, shape, Number(n));
for (let i=0;i<Number(k);i++){const t=performance.now(); l[op as 'read'](); console.log((performance.now()-t).toFixed(1));}
