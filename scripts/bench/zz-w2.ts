import { createRegistry } from '../../packages/registry/src/index.ts';
import { rowsOf, SHAPES } from './mapping-lines.ts';
const registry = createRegistry();
const only = process.argv[2];
for (const shape of SHAPES) {
  if (only && !shape.codec.includes(only)) continue;
  const [s, l] = [rowsOf(registry, shape, 1000), rowsOf(registry, shape, 10000)];
  for (const name of ['read','write'] as const) {
    let bs = Infinity, bl = Infinity;
    for (let r=0;r<6;r++){ globalThis.gc?.(); for(let i=0;i<20;i++){const t=performance.now(); s[name](); bs=Math.min(bs,performance.now()-t);} globalThis.gc?.(); for(let i=0;i<2;i++){const t=performance.now(); l[name](); bl=Math.min(bl,performance.now()-t);} }
    console.log(shape.codec, name, bs.toFixed(2), bl.toFixed(2), (bl/bs).toFixed(1));
  }
}
