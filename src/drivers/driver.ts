import type { TObject } from 'typebox';
import type { AccessPoint } from '../domain/gateway.js';
import type { ClientMac, GatewayId } from '../domain/id.js';

/**
 * The driver contract: what Foyer asks of a kind of router. `DriverKind` is the kind, `Driver` one connected
 * gateway. A missing ability is a missing method, and the kind's capabilities say so in words for people.
 */

/** What a driver keeps of a redirect, opaque to others: the visitor's browser carries it under a seal. At most 2200 characters together: it goes into links. */
export interface Way {
  /**
   * What the gateway calls this client's session where that is neither its MAC nor its address. A new one means that the
   * session by the old one is over. For gateways that are not told.
   */
  handle?: string;
  /** Which way the client comes to the gateway (access point, radio): given back with every order. */
  via?: string;
}

/** Nothing but the way, of whatever has one. */
export const wayOf = ({ handle, via }: Way): Way => ({
  ...(handle === undefined ? {} : { handle }),
  ...(via === undefined ? {} : { via }),
});

/** The claim that a redirect makes about a client. Attacker-chosen unless `keyed`. */
export interface RedirectClaim extends Way {
  mac?: ClientMac;
  ip?: string;
  ap?: string;
  ssid?: string;
  /** Where the client wanted to go. Never followed. */
  url?: string;
  /** The gateway says that this client passes already, and names nobody: `url` is where it had been sent on to. */
  passes?: true;
  /** The gateway says that it did not take what this client's browser brought. */
  refused?: true;
  /** True where the gateway keyed the data and the driver verified it. */
  keyed: boolean;
}

/**
 * How the gateway learns what is decided: Foyer tells it (`told`), the visitor's browser carries the word (`browser`), or
 * the gateway asks (`asks`). Only the first can be told of an end.
 */
export type Orders = 'told' | 'browser' | 'asks';

/** What a gateway can do. A kind whose gateways differ has several, each with its `mode`. */
export interface Capabilities {
  /** Which gateways of the kind these are, for the table; `''` where there is one sort only. */
  mode: string;
  orders: Orders;
  /** The MAC of a redirect stays a claim to the end: nobody is let in again without typing. */
  claimed?: true;
  /** Nothing confirms the MAC of a redirect: such a gateway is taken at its word (`trust: redirect`) or not at all. */
  forgeable?: true;
  /** How exactly the gateway itself ends a session: one line for the table. */
  end: string;
  /** How much longer than its grant a session may last where the gateway lags, in seconds. */
  lagSeconds: number;
  /** Can a running session be given another end? */
  extend: boolean;
  /** Can a session be ended from here? */
  revoke: boolean;
  /** Can the sessions in force be listed? */
  list: boolean;
  /** Does the gateway tell which client is behind an address? */
  identity: boolean;
  /** Rate and volume limits of a visit. */
  limits: boolean;
  /** What an admin must know, said in the table, on pages and by the command line. */
  remarks: string;
}

export interface Limits {
  downKbps?: number;
  upKbps?: number;
  quotaMB?: number;
}

/** A client of a gateway, and where it is to be found there. */
export interface Target {
  mac: ClientMac;
  /** Where known: the addresses that the client had lately. */
  ips: readonly string[];
  /** As the client's last redirect had it. */
  via?: string;
}

/** One client to be let in. */
export interface AuthorizeOrder extends Target {
  /** Exclusive end, epoch milliseconds on the injected clock. */
  until: number;
  limits: Limits;
}

/** What the gateway says is in force. */
export interface Session {
  mac: ClientMac;
  /** Epoch milliseconds where the gateway tells; the driver's rounding is at most `toleranceMs`. */
  until?: number;
}

export interface Client {
  mac: ClientMac;
  ip: string;
}

export interface Health {
  ok: boolean;
  /** Changes when the gateway has lost what it was told (reboot, flushed rules): the worker reconciles at once. */
  epoch: string;
  /** What is wrong, in words that a router admin understands, each with what to do. */
  problems: string[];
  /** Guest networks that the gateway itself knows, where the field `guestNetworks` is empty. */
  guestNetworks?: string[];
  /** The access points of this gateway, where routers of one kind send guests to one and the same path. */
  accessPoints?: AccessPoint[];
}

/** One connected gateway. Every method may throw `DriverError`; authorize and deauthorize are idempotent. */
export interface Driver {
  /** After it returns the gateway lets this client pass until `order.until`, also where it passed before. */
  authorize(order: AuthorizeOrder): Promise<void>;
  /** After it returns the client does not pass, its running flows included, also where it did not pass before. */
  deauthorize(client: Target): Promise<void>;
  /** Where the gateway asks: has it ask about this client now, as far as it can be had to. */
  prompt?(client: Target): Promise<void>;
  /** Sessions that are ours. */
  sessions?(): Promise<Session[]>;
  /** The gateway's client table: who has which address now. */
  clients?(): Promise<Client[]>;
  /**
   * Who a redirect names, where the gateway wrote that so that only it can read it: the claim with its MAC, as good as a
   * MAC in the clear. Undefined where the gateway reads no client in it. Asked for claims with `via` and without `mac`.
   */
  resolve?(claim: RedirectClaim): Promise<RedirectClaim | undefined>;
  /** One client by its address, asked of the gateway now. */
  findClient?(ip: string): Promise<Client | undefined>;
  /** Is the gateway there and as we left it? Mends what it can. */
  check(): Promise<Health>;
  close(): Promise<void>;
}

/** What a gateway that asks wants to know or tells. */
export type Question =
  /** Whom to let in. */
  | { ask: 'orders' }
  /** These were let in, by the names that the answer had. */
  | { ask: 'done'; names: string[] }
  /** It has started anew: nobody passes any more. */
  | { ask: 'restarted' }
  /** Anything else that wants a polite answer. */
  | { ask: 'nothing' };

/** A client that waits for its gateway to ask. */
export interface Waiting {
  handle: string;
  /** Exclusive end, epoch milliseconds. */
  until: number;
  limits: Limits;
}

/** How a gateway asks. All of it is pure; who keeps the clients that wait is not the driver's business. */
export interface Asking<F> {
  /** Undefined where it is no question of this gateway. */
  read(query: Readonly<Record<string, string>>, fields: F): Question | undefined;
  /** The answer that names these clients, as many as fit from the first on, and how many those are. */
  orders(waiting: readonly Waiting[], fields: F, now: number): { answer: string; named: number };
  /** By which name the answer calls a client. */
  nameOf(handle: string, fields: F): string;
  /** The answer to everything else. */
  thanks(question: Question): string;
}

/** One client that its own browser brings to the gateway. */
export interface HandoffOrder {
  mac: ClientMac;
  handle: string;
  /** Exclusive end, epoch milliseconds. */
  until: number;
  /** When the link is made: for gateways that are told how long, not until when. */
  now: number;
  /** A link that was not followed by then is not to let anybody in: the decision may be another one. */
  goodUntil: number;
  /** Absolute address of the page to come back to. */
  back: string;
  /** Where the kind has `radius`: what the client logs in with at its gateway, good once and for a minute. */
  credential?: Credential;
}

export interface Credential {
  username: string;
  /** At most 15 characters: older gateways cut longer ones. */
  password: string;
}

/** How the visitor's browser brings the word: by a link that is followed by itself, or by a form that is sent by its button. */
export type Handoff =
  | { method: 'GET'; url: string }
  | { method: 'POST'; url: string; fields: Record<string, string> };

/** A session as the gateway accounts for it by RADIUS. */
export interface AccountedSession {
  mac: ClientMac;
  /** Acct-Session-Id. */
  id: string;
  username: string;
  /** Source address of the packets: where a Disconnect-Request goes. */
  nas: string;
  /** NAS-Identifier and NAS-IP-Address, where the gateway says them. */
  nasId?: string;
  nasIp?: string;
  /** Calling-Station-Id as the gateway writes it: what it is told is compared by some letter by letter. */
  station?: string;
  /** Framed-IP-Address. */
  ip?: string;
  /** When it was heard of last, epoch milliseconds. */
  seenAt: number;
}

/** A router that asks by RADIUS, and the secret that it shares. */
export interface RadiusNas {
  /** Addresses or CIDRs from which it asks. */
  networks: readonly string[];
  secret: string;
  /** Drop what has no Message-Authenticator (CVE-2024-3596). */
  requireMessageAuthenticator: boolean;
}

/** One attribute as it goes onto the wire. */
export interface RadiusAttribute {
  type: number;
  value: Buffer;
}

/** How a gateway asks by RADIUS. All of it is pure. */
export interface RadiusFacet<F> {
  /** Undefined where a gateway with these fields does not ask. */
  nas(fields: F): RadiusNas | undefined;
  /** Does a client's MAC alone say who it is (MAC authentication bypass)? Else only a credential of a handoff does. */
  bypass(fields: F): boolean;
  /** Does the gateway ask again about a session that runs, with what the client logged in with? */
  reasks(fields: F): boolean;
  /** What an Access-Accept says beside Session-Timeout. */
  accept(limits: Limits, fields: F): RadiusAttribute[];
}

export interface DriverContext<F> {
  gateway: GatewayId;
  fields: F;
  /** When a gateway that asks did so last, epoch milliseconds; undefined where it never did. */
  askedAt?: () => Promise<number | undefined>;
  /** The sessions that the gateway accounts for by RADIUS, where the kind has `radius`. */
  accounted?: () => Promise<AccountedSession[]>;
  /** How long one call of the gateway may take, in milliseconds, where not the usual. */
  timeoutMs?: number;
  /** Epoch milliseconds on Foyer's one clock. */
  now: () => number;
  /** The port of the guest listener on this machine. */
  guestPort: number;
  /** The guests' origin, where one is set. */
  portalUrl?: string;
  log: { info(data: object, message: string): void; warn(data: object, message: string): void };
}

export interface DriverKind<F = Record<string, unknown>> {
  kind: string;
  /** What people call it. */
  label: string;
  /** Draws the form, validates it, documents it. A field with `secret: true` is sealed and write-only. */
  fields: TObject;
  capabilities: readonly [Capabilities, ...Capabilities[]];
  /** Which of the capabilities a gateway with these fields has: its place in the list. Left out where there is one only. */
  modeOf?(fields: F): number;
  /** Defaults of the two fields that every kind has. */
  defaults: { trust: 'verify' | 'redirect'; guestNetworks: string[] };
  /** Difference between a confirmed and a listed end that is no drift, in milliseconds. */
  toleranceMs: number;
  /** How often `check` runs, in milliseconds. */
  checkEveryMs: number;
  /** What of this machine a gateway of this kind has to itself, in words (`interface br-guests`), and the field that says so. */
  takes?(fields: F): { field: string; thing: string } | undefined;
  /** Reads the router's redirect; undefined where it is malformed. `raw`: the query as it came, without `?`. Pure. */
  parseRedirect(query: Readonly<Record<string, string>>, fields: F, raw: string): RedirectClaim | undefined;
  connect(context: DriverContext<F>): Driver;
  /** Where `orders` is `browser`: how the visitor's browser has itself let in; undefined for a handle that is none. */
  handoff?(order: HandoffOrder, fields: F): Handoff | undefined;
  /** Where the gateway asks by RADIUS. */
  radius?: RadiusFacet<F>;
  /** Where `orders` is `asks`. */
  asking?: Asking<F>;
  /** What the operator puts on the router, as text; undefined where there is nothing to print. */
  rules?(context: RulesContext<F>): Promise<string>;
  /** What the operator uploads to the router, as files. Throws `DriverError` (`misconfigured`) where something for them is not set. */
  files?(context: RulesContext<F>): Promise<RouterFile[]>;
  /** What stands in the way of guests outside of the gateway itself, in words for a router admin: `foyer doctor` says it. */
  advice?(context: RulesContext<F>): string[];
}

/** What a gateway with these fields can do. */
export const capabilitiesOf = <F>(kind: DriverKind<F>, fields: F): Capabilities =>
  kind.capabilities[kind.modeOf?.(fields) ?? 0] ?? kind.capabilities[0];

/** A file for the router. */
export interface RouterFile {
  /** A plain file name. */
  name: string;
  content: Buffer;
}

export interface RulesContext<F> {
  gateway: GatewayId;
  fields: F;
  guestPort: number;
  /** The guests' origin, where one is set. */
  portalUrl?: string;
  /** Set where RFC 8908 can be offered: the https URL of the API for DHCP option 114. */
  captiveApiUrl?: string;
}

export const DRIVER_FAULTS = {
  unreachable: false,
  timeout: false,
  'bad-answer': false,
  busy: false,
  /** The client is not at the gateway: it is let in when it comes again. */
  absent: false,
  'login-refused': true,
  'not-permitted': true,
  'not-supported': true,
  misconfigured: true,
  /** It shows another certificate than the one that was pinned, or one that nobody vouches for: nothing was sent. */
  untrusted: true,
} as const;

export type DriverFault = keyof typeof DRIVER_FAULTS;

/** A fault at the router. `permanent`: trying again without a person's doing will not help. The message is for a router admin and holds no secret. */
export class DriverError extends Error {
  readonly code: DriverFault;
  readonly permanent: boolean;
  constructor(code: DriverFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'DriverError';
    this.code = code;
    this.permanent = DRIVER_FAULTS[code];
  }
}
