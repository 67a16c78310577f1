/** The part of node-forge that is used here. Only these two files of it are loaded: the whole takes 70 ms. */
declare module 'node-forge/lib/asn1.js' {
  /** One element; `value` holds the bytes as binary text, or the elements inside. */
  export interface Element {
    readonly tagClass: number;
    readonly type: number;
    readonly constructed: boolean;
    readonly value: string | readonly Element[];
  }
  interface Asn1 {
    fromDer(
      der: string,
      options: { strict: boolean; parseAllBytes: boolean; decodeBitStrings: boolean },
    ): Element;
    derToOid(bytes: string): string;
    utcTimeToDate(text: string): Date;
    generalizedTimeToDate(text: string): Date;
  }
  const asn1: Asn1;
  export default asn1;
}

declare module 'node-forge/lib/pem.js' {
  interface Message {
    readonly type: string;
    readonly procType: { readonly type: string } | null;
    /** Bytes as binary text. */
    readonly body: string;
  }
  const pem: { decode(text: string): readonly Message[] };
  export default pem;
}
