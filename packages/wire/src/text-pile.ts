/** A text that grows by many small pieces. */
import { Buffer } from 'node:buffer';

/** Code units that are gathered before they become a text. */
const ROOM = 1 << 16;

/** Rooms that nobody writes in now. */
const free: Uint16Array[] = [];

/**
 * Gathers pieces. Texts that are put together leave as many texts behind as there are pieces, and those of a whole
 * message would be copied about by the collector while it grows; their code units leave nothing.
 */
export class TextPile {
  readonly #done: string[] = [];
  #room = free.pop() ?? new Uint16Array(ROOM);
  #length = 0;

  add(piece: string): void {
    if (this.#length + piece.length > ROOM) this.#settle(piece.length);
    const room = this.#room;
    let length = this.#length;
    for (let at = 0; at < piece.length; at += 1) room[length++] = piece.charCodeAt(at);
    this.#length = length;
  }

  /** Adds a piece in quotes, unless it has a quote, backslash, control character or surrogate; tells whether. */
  addQuoted(piece: string): boolean {
    if (this.#length + piece.length + 2 > ROOM) this.#settle(piece.length + 2);
    const room = this.#room;
    let length = this.#length;
    room[length++] = QUOTE;
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (code < 0x20 || code === QUOTE || code === BACKSLASH || (code >= 0xd800 && code <= 0xdfff))
        return false;
      room[length++] = code;
    }
    room[length++] = QUOTE;
    this.#length = length;
    return true;
  }

  /** Makes a text of what is there, and room for a piece that is longer than others. */
  #settle(next: number): void {
    this.#done.push(Buffer.from(this.#room.buffer, 0, 2 * this.#length).toString('utf16le'));
    this.#length = 0;
    if (next > this.#room.length) this.#room = new Uint16Array(next);
  }

  /** The text; nothing can be added any more. */
  end(): string {
    const parts = this.#finish();
    return parts.length === 1 ? (parts[0] as string) : parts.join('');
  }

  /** The same in UTF-8, without ever making one text of it; no piece may end within a character. */
  endInUtf8(): Buffer {
    const parts = this.#finish().map((part) => Buffer.from(part));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  #finish(): readonly string[] {
    this.#settle(0);
    if (this.#room.length === ROOM) free.push(this.#room);
    this.#room = NONE;
    return this.#done;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NONE = new Uint16Array(0);
