import { GatewayError } from '@yiqiao/model';

/** The error that `act` throws; anything but a `GatewayError` is thrown on. */
export function caught(act: () => unknown): GatewayError {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The places of an error's faults. */
export function places(error: GatewayError): string[] {
  return (error.details.faults ?? []).map((fault) => fault.at);
}

/** UTF-8 bytes. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Text of UTF-8 bytes. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
