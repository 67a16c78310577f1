/** The four gateways of the sandbox as configuration files, which double as examples. */

const TIMES = `outcome:
  callerDeadlineMs: 15000    # the cashier waits no longer
  firstDelayMs: 100
  maxDelayMs: 2000
  inFlightMs: 3000
`;

interface Common {
  readonly region: string;
  readonly name: string;
  readonly port: number;
}

function head(role: string, { region, name, port }: Common): string {
  return `# Sandbox gateway. Check it with: npm run -s yiqiao -- config check THIS_FILE
role: ${role}
region: "${region}"
name: ${name}
listen: { host: 127.0.0.1, port: ${port} }
journal: ${region === '000000' ? 'hub' : region}.sqlite
signing: { privateKey: { file: ${region === '000000' ? 'hub' : region}.key.pem } }
${TIMES}`;
}

/** A care-place gateway: who calls it, its core, and the hub for everyone insured elsewhere. */
export function carePlaceConfig(
  options: Common & {
    /** YAML items of the calling HISes. */
    readonly callers: string;
    readonly core: { readonly url: string; readonly publicKey: string };
    readonly hub: { readonly url: string; readonly publicKey: string };
  },
): string {
  return `${head('care-place', options)}peers:
${options.callers}  - id: care-place-core
    mode: tolerant
    to: { url: "${options.core.url}", replyTimeoutMs: 5000 }
    signing: { publicKeys: [{ text: "${options.core.publicKey}" }] }
  - id: hub
    profile: cross-province
    mode: tolerant
    to: { url: "${options.hub.url}", replyTimeoutMs: 9000 }
    signing: { publicKeys: [{ text: "${options.hub.publicKey}" }] }
carePlaceCore: care-place-core
routes:
  - { insured: "*", peer: hub }
`;
}

/** One calling HIS of a care-place gateway. */
export function callingHis(options: {
  readonly id: string;
  readonly profile: string;
  readonly institution: string;
  /** Absent: it does not sign. */
  readonly publicKey?: string;
}): string {
  const { id, profile, institution, publicKey } = options;
  const signing =
    publicKey === undefined ? '{ profile: none }' : `{ publicKeys: [{ text: "${publicKey}" }] }`;
  return `  - id: ${id}
    profile: ${profile}
    from: { institutions: [${institution}] }
    signing: ${signing}
`;
}

/** The hub: care-place gateways call it, it calls insured-place gateways. */
export function hubConfig(
  options: Common & {
    readonly callers: readonly { readonly id: string; readonly region: string; readonly publicKey: string }[];
    readonly insured: { readonly region: string; readonly url: string; readonly publicKey: string };
  },
): string {
  const callers = options.callers.map(
    ({ id, region, publicKey }) => `  - id: ${id}
    profile: cross-province
    mode: tolerant
    from: { careRegions: ["${region}"] }
    signing: { publicKeys: [{ text: "${publicKey}" }] }
`,
  );
  return `${head('hub', options)}peers:
${callers.join('')}  - id: insured-${options.insured.region}
    profile: cross-province
    mode: tolerant
    to: { url: "${options.insured.url}", replyTimeoutMs: 7000 }
    signing: { publicKeys: [{ text: "${options.insured.publicKey}" }] }
routes:
  - { insured: "${options.insured.region}", peer: insured-${options.insured.region} }
`;
}

/** An insured-place gateway: the hub calls it, it calls its core. */
export function insuredPlaceConfig(
  options: Common & {
    readonly hubPublicKey: string;
    readonly core: { readonly url: string; readonly publicKey: string };
  },
): string {
  return `${head('insured-place', options)}peers:
  - id: hub
    profile: cross-province
    mode: tolerant
    from: { any: true }
    signing: { publicKeys: [{ text: "${options.hubPublicKey}" }] }
  - id: insured-place-core
    profile: cross-province
    mode: tolerant
    to: { url: "${options.core.url}", replyTimeoutMs: 5000 }
    signing: { publicKeys: [{ text: "${options.core.publicKey}" }] }
insuredPlaceCore: insured-place-core
`;
}
