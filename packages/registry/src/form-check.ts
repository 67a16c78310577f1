/**
 * Data files held against their forms. The forms are JSON Schema, of which they use what stands here. Each file is looked
 * at once: to walk its form takes a fraction of the time in which a schema is compiled.
 */

/** A form: a schema of the words that the forms of data files need. */
export interface Form {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Form[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly items?: Form;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly propertyNames?: Form;
  readonly additionalProperties?: false | Form;
  readonly properties?: Readonly<Record<string, Form>>;
}

/** The words of a form that refuse data by themselves. */
type Refusing = Exclude<keyof Form, 'items' | 'properties' | 'propertyNames'>;

/** One thing in which data differs from its form. */
export interface FormError {
  /** JSON pointer of the data. */
  readonly pointer: string;
  /** The word of the form that refuses it. */
  readonly keyword: Refusing;
  /** The member that lacks, or that nobody knows. */
  readonly name?: string;
  /** The part of the form that the word stands in. */
  readonly form: Form;
  readonly data: unknown;
}

/** Everything in which data differs from a form; empty for none. */
export function formErrors(form: Form, data: unknown): readonly FormError[] {
  const look = new Look();
  look.at(form, data);
  return look.errors;
}

class Look {
  readonly errors: FormError[] = [];
  readonly #steps: (string | number)[] = [];

  at(form: Form, data: unknown): void {
    if (form.type !== undefined && !hasType(form.type, data)) return this.#add('type', form, data);
    if (typeof data === 'number') this.#number(form, data);
    else if (typeof data === 'string') this.#text(form, data);
    if (form.const !== undefined && data !== form.const) this.#add('const', form, data);
    if (form.enum !== undefined && !form.enum.includes(data)) this.#add('enum', form, data);
    if (form.anyOf !== undefined) this.#anyOf(form, form.anyOf, data);
    if (Array.isArray(data)) this.#list(form, data);
    else if (typeof data === 'object' && data !== null) this.#members(form, data as Record<string, unknown>);
  }

  #number(form: Form, data: number): void {
    if (form.minimum !== undefined && data < form.minimum) this.#add('minimum', form, data);
    if (form.maximum !== undefined && data > form.maximum) this.#add('maximum', form, data);
  }

  #text(form: Form, data: string): void {
    if (form.minLength !== undefined && data.length < form.minLength) this.#add('minLength', form, data);
    if (form.pattern !== undefined && !new RegExp(form.pattern, 'u').test(data))
      this.#add('pattern', form, data);
  }

  /** What keeps data from each of the choices is told beside that none fits. */
  #anyOf(form: Form, choices: readonly Form[], data: unknown): void {
    const before = this.errors.length;
    for (const choice of choices) {
      const count = this.errors.length;
      this.at(choice, data);
      if (this.errors.length > count) continue;
      this.errors.length = before;
      return;
    }
    this.#add('anyOf', form, data);
  }

  #list(form: Form, data: readonly unknown[]): void {
    if (form.minItems !== undefined && data.length < form.minItems) this.#add('minItems', form, data);
    if (form.items === undefined) return;
    for (let index = 0; index < data.length; index += 1) this.#inside(index, form.items, data[index]);
  }

  #members(form: Form, data: Readonly<Record<string, unknown>>): void {
    const { minProperties, required, propertyNames, additionalProperties, properties } = form;
    const names = Object.keys(data);
    if (minProperties !== undefined && names.length < minProperties) this.#add('minProperties', form, data);
    for (const name of required ?? [])
      if (!Object.hasOwn(data, name)) this.#add('required', form, data, name);
    if (propertyNames !== undefined) for (const name of names) this.at(propertyNames, name);
    if (additionalProperties !== undefined) {
      for (const name of names) {
        if (properties !== undefined && Object.hasOwn(properties, name)) continue;
        if (additionalProperties === false) this.#add('additionalProperties', form, data, name);
        else this.#inside(name, additionalProperties, data[name]);
      }
    }
    for (const name in properties)
      if (Object.hasOwn(data, name)) this.#inside(name, properties[name] ?? {}, data[name]);
  }

  #inside(step: string | number, form: Form, data: unknown): void {
    this.#steps.push(step);
    this.at(form, data);
    this.#steps.pop();
  }

  #add(keyword: Refusing, form: Form, data: unknown, name?: string): void {
    const pointer = this.#steps
      .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('');
    this.errors.push({ pointer, keyword, form, data, ...(name === undefined ? {} : { name }) });
  }
}

function hasType(type: string | readonly string[], data: unknown): boolean {
  return typeof type === 'string' ? isOfType(type, data) : type.some((one) => isOfType(one, data));
}

function isOfType(type: string, data: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof data === 'object' && data !== null && !Array.isArray(data);
    case 'array':
      return Array.isArray(data);
    case 'integer':
      return Number.isInteger(data);
    default:
      return typeof data === type;
  }
}
