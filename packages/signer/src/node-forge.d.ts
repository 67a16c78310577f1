/** The part of node-forge that is used here. Only single files of it are loaded: the whole takes 70 ms. */
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
    toDer(element: Element): { getBytes(): string };
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

declare module 'node-forge/lib/pkcs12.js' {
  import type { Element } from 'node-forge/lib/asn1.js';
  /** `key` and `cert` are set for RSA only, `asn1` otherwise. */
  interface Bag {
    readonly type: string;
    readonly key?: object | null;
    readonly cert?: object | null;
    readonly asn1: Element;
  }
  interface Pkcs12 {
    pkcs12FromAsn1(
      root: Element,
      strict: boolean,
      password: string,
    ): { readonly safeContents: readonly { readonly safeBags: readonly Bag[] }[] };
  }
  const pkcs12: Pkcs12;
  export default pkcs12;
}

declare module 'node-forge/lib/x509.js' {
  import type { Element } from 'node-forge/lib/asn1.js';
  interface X509 {
    certificateToAsn1(certificate: object): Element;
    privateKeyToAsn1(key: object): Element;
    wrapRsaPrivateKey(key: Element): Element;
  }
  const x509: X509;
  export default x509;
}
