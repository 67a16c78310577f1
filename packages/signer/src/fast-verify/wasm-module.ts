import { unsigned } from './wasm-code.ts';
import type { Code } from './wasm-code.ts';

/** A function of the module: without result, exported by its name, without branches by construction. */
export interface WasmFunction {
  readonly name: string;
  /** Number of parameters, all i32. */
  readonly parameters: number;
  /** Number of further local variables, all i64. */
  readonly locals: number;
  readonly body: Code;
}

/**
 * Writes a module of these functions with one memory of a fixed number of 64-KiB pages, exported as `memory`.
 * A function's index for `call` is its place in the list. Source: WebAssembly 1.0, section 5.5.
 */
export function encodeModule(functions: readonly WasmFunction[], pages: number): Uint8Array {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...unsigned(parameters),
    ...Array.from({ length: parameters }, () => I32),
    0,
  ]);
  const exports = functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [1, ...unsigned(locals), I64, ...body, END];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...HEAD,
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(5, vector([[1, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, vector([...exports, [...text('memory'), 2, 0]])),
    ...section(10, vector(bodies)),
  ]);
}

/** The magic number and version 1. */
const HEAD: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const I32 = 0x7f;
const I64 = 0x7e;
const END = 0x0b;

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return [...unsigned(name.length), ...Buffer.from(name, 'latin1')];
}
