/** Reads a parsed YAML document member by member and keeps every fault with its place and line. */
import type { Fault } from '@yiqiao/model';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

/** What a whole configuration file came to. */
export interface ConfigFaults {
  readonly faults: Fault[];
}

/** One place of the document. Asking for members marks them as known; `finish` reports the rest. */
export class ConfigNode {
  readonly #node: Node | null | undefined;
  readonly #path: string;
  readonly #lines: LineCounter;
  readonly #faults: Fault[];
  readonly #asked = new Set<string>();

  private constructor(options: {
    node: Node | null | undefined;
    path: string;
    lines: LineCounter;
    faults: Fault[];
  }) {
    this.#node = options.node;
    this.#path = options.path;
    this.#lines = options.lines;
    this.#faults = options.faults;
  }

  /** Parses a file's text; syntax errors are faults too. */
  static parse(text: string, faults: Fault[]): ConfigNode {
    const lines = new LineCounter();
    const document: Document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const root = new ConfigNode({ node: document.contents as Node | null, path: '', lines, faults });
    for (const error of document.errors) {
      const { line } = lines.linePos(error.pos[0]);
      root.report('syntax', {
        zh: `第 ${line} 行 YAML 语法错误：${error.message}`,
        en: `line ${line}: ${error.message}`,
      });
    }
    return root;
  }

  /** JSON pointer of this place. */
  get path(): string {
    return this.#path;
  }

  get exists(): boolean {
    return (
      this.#node !== undefined && this.#node !== null && !(isScalar(this.#node) && this.#node.value === null)
    );
  }

  /** Notes something wrong here. */
  report(rule: string, message: { zh: string; en: string }): void {
    const start = this.#node?.range?.[0];
    const line = start === undefined ? undefined : this.#lines.linePos(start).line;
    const name = this.#path === '' ? 'file' : this.#path;
    this.#faults.push({
      rule,
      at: this.#path,
      field: this.#path.slice(this.#path.lastIndexOf('/') + 1),
      label: { zh: name, en: name },
      message:
        line === undefined
          ? message
          : { zh: `第 ${line} 行：${message.zh}`, en: `line ${line}: ${message.en}` },
    });
  }

  member(name: string): ConfigNode {
    this.#asked.add(name);
    const node = isMap(this.#node) ? (this.#node.get(name, true) as Node | undefined) : undefined;
    return this.#child(name, node ?? undefined);
  }

  items(): ConfigNode[] {
    if (!this.exists) return [];
    if (!isSeq(this.#node)) {
      this.report('type', { zh: '应为列表（- 开头的各项）', en: 'must be a list (items that start with -)' });
      return [];
    }
    return this.#node.items.map((item, index) => this.#child(String(index), item as Node));
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  /** Line of the deepest place on the way to a JSON pointer below this one. */
  lineOf(pointer: string): number | undefined {
    let node: Node | undefined = this.#node ?? undefined;
    for (const step of pointer.split('/').slice(1)) {
      const next: unknown = isMap(node)
        ? node.get(step, true)
        : isSeq(node)
          ? node.get(Number(step), true)
          : undefined;
      if (next === undefined || next === null) break;
      node = next as Node;
    }
    const start = node?.range?.[0];
    return start === undefined ? undefined : this.#lines.linePos(start).line;
  }

  /** Names of the members of a mapping. */
  names(): string[] {
    return isMap(this.#node)
      ? this.#node.items.map((pair) => String((pair.key as { value?: unknown }).value))
      : [];
  }

  text(fallback?: string): string {
    if (!this.exists) return this.#missing(fallback) ?? '';
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value === 'string') return value;
    this.report('type', {
      zh: '应为文本；数字请加引号，例如 "530000"',
      en: 'must be text; put numbers in quotes, e.g. "530000"',
    });
    return '';
  }

  number(options: { fallback?: number; min: number; max: number }): number {
    if (!this.exists) return this.#missing(options.fallback) ?? options.min;
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value === 'number' && value >= options.min && value <= options.max) return value;
    this.report('range', {
      zh: `应为 ${options.min} 到 ${options.max} 的数字`,
      en: `must be a number from ${options.min} to ${options.max}`,
    });
    return options.min;
  }

  flag(fallback: boolean): boolean {
    if (!this.exists) return fallback;
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value === 'boolean') return value;
    this.report('type', { zh: '应为 true 或 false', en: 'must be true or false' });
    return fallback;
  }

  choice<T extends string>(allowed: readonly T[], fallback?: T): T {
    const value = this.text(fallback);
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    if (value !== '') {
      this.report('choice', {
        zh: `应为 ${allowed.join('、')} 之一`,
        en: `must be one of ${allowed.join(', ')}`,
      });
    }
    return allowed[0] as T;
  }

  /** Reports members that nothing asked for: a misspelt setting must not be ignored. */
  finish(): void {
    if (this.exists && !isMap(this.#node)) {
      this.report('type', { zh: '应为“名称: 值”的对象', en: 'must be an object of "name: value" lines' });
    }
    for (const name of this.names()) {
      if (this.#asked.has(name)) continue;
      this.#child(name, isMap(this.#node) ? (this.#node.get(name, true) as Node) : undefined).report(
        'unknown-setting',
        {
          zh: `没有名为 ${name} 的设置；可用：${[...this.#asked].join('、')}`,
          en: `there is no setting ${name}; known here: ${[...this.#asked].join(', ')}`,
        },
      );
    }
  }

  #child(name: string, node: Node | undefined): ConfigNode {
    return new ConfigNode({
      node: node ?? undefined,
      path: `${this.#path}/${name}`,
      lines: this.#lines,
      faults: this.#faults,
    });
  }

  #missing<T>(fallback: T | undefined): T | undefined {
    if (fallback === undefined) this.report('required', { zh: '缺少该设置', en: 'this setting is missing' });
    return fallback;
  }
}
