/** What `yiqiao adapter run` starts: an adapter with its settings, as a process of its own. */
import type { Clock } from '@yiqiao/model';
import type { StoreEncryption } from '../store/vault.ts';

/** Where a service says what it does. Never contents, never persons. */
export interface ServiceLog {
  info(event: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
  warn(event: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
  /** Of an error its code and facts are written, never its text. */
  error(event: string, error: unknown): void;
}

/** What a service is given. */
export interface ServiceParts {
  readonly clock: Clock;
  readonly log: ServiceLog;
  /**
   * The text of a file named in the settings, below the folder of the configuration file.
   * @throws GatewayError `CONFIG_INVALID` when it cannot be read.
   */
  readonly readFile: (path: string) => string;
  /** With what its store is sealed, where the file says so (`store: { file, encryption }`); for `openStore`. */
  readonly storeEncryption?: StoreEncryption;
  /** Full path of such a file, for stores. */
  readonly pathOf: (path: string) => string;
}

/** How a service is. */
export interface ServiceHealth {
  readonly ok: boolean;
  /** What an operator wants to see: counts, states. */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** A service, not yet started. */
export interface AdapterService {
  /** Begins to work; `url` when something is listened at. */
  start(): Promise<{ readonly url?: string }>;
  /** Ends what is under way and lets go of everything. */
  stop(): Promise<void>;
  health(): Promise<ServiceHealth>;
}

/** A kind of service by name. */
export interface ServiceDefinition {
  /** As in `adapter: NAME` of the configuration. */
  readonly name: string;
  /**
   * Checks the settings and puts the service together; nothing is opened or begun that `stop` would not end.
   * @throws GatewayError `CONFIG_INVALID` with every fault.
   */
  readonly create: (settings: unknown, parts: ServiceParts) => Promise<AdapterService>;
}

/** Types a service where it is defined. */
export function defineService(definition: ServiceDefinition): ServiceDefinition {
  return Object.freeze(definition);
}
