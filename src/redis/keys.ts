import type { ClientMac, GatewayId, PinDigest, SiteId } from '../domain/id.js';

/**
 * Every key that Foyer uses. What belongs to a site stands under its hash tag, so that a site lives on one node of a
 * cluster; a script gets the site's root as KEYS[1] and builds the rest from this list. What is global stands outside,
 * and no script mixes both.
 */
export const root = (site: SiteId): string => `foyer:{${site}}`;

export const siteKeys = {
  settings: (site: SiteId) => `${root(site)}:settings`,
  /** Every text of the terms of use, by its number. */
  terms: (site: SiteId) => `${root(site)}:terms`,
  blocks: (site: SiteId) => `${root(site)}:blocks`,
  /** Hardware addresses on the block list, by when each is off it again. */
  blocked: (site: SiteId) => `${root(site)}:blocked`,
  visit: (site: SiteId, id: string) => `${root(site)}:visit:${id}`,
  devices: (site: SiteId, id: string) => `${root(site)}:visit:${id}:devices`,
  visitGrants: (site: SiteId, id: string) => `${root(site)}:visit:${id}:grants`,
  /** Ids of the newest events of a visit, oldest first. */
  visitEvents: (site: SiteId, id: string) => `${root(site)}:visit:${id}:events`,
  replacements: (site: SiteId, id: string) => `${root(site)}:visit:${id}:replacements`,
  visitMails: (site: SiteId, id: string) => `${root(site)}:visit:${id}:mails`,
  mail: (site: SiteId, id: string) => `${root(site)}:mail:${id}`,
  /** All mails by when they were made, those in one state, and those that wait for their time. */
  mails: (site: SiteId) => `${root(site)}:mails`,
  mailsIn: (site: SiteId, state: string) => `${root(site)}:mails:${state}`,
  mailsDue: (site: SiteId) => `${root(site)}:mails:due`,
  templates: (site: SiteId) => `${root(site)}:templates`,
  visits: (site: SiteId) => `${root(site)}:visits`,
  /** Those whose PIN is for check-in only and that can still come, by their last possible end. */
  withoutToken: (site: SiteId) => `${root(site)}:visits:without-token`,
  /** Those that stay over a midnight, by their end. */
  longVisits: (site: SiteId) => `${root(site)}:visits:long`,
  /** A file between its check and its import. */
  importDraft: (site: SiteId, id: string) => `${root(site)}:import:${id}`,
  /** Who keeps which of them, by when they were sent. */
  importDrafts: (site: SiteId) => `${root(site)}:imports`,
  words: (site: SiteId) => `${root(site)}:words`,
  pin: (site: SiteId, digest: PinDigest) => `${root(site)}:pin:${digest}`,
  claim: (site: SiteId, digest: string) => `${root(site)}:claim:${digest}`,
  tellingFrom: (site: SiteId, length: number) => `${root(site)}:telling:${length}:from`,
  tellingUntil: (site: SiteId, length: number) => `${root(site)}:telling:${length}:until`,
  attempts: (site: SiteId) => `${root(site)}:attempts`,
  attemptsMail: (site: SiteId, bucket: string) => `${root(site)}:attempts:mail:${bucket}`,
  attemptsClient: (site: SiteId, gateway: GatewayId, mac: ClientMac) =>
    `${root(site)}:attempts:client:${gateway}:${mac}`,
  attemptsAddress: (site: SiteId, address: string) => `${root(site)}:attempts:address:${address}`,
  grant: (site: SiteId, id: string) => `${root(site)}:grant:${id}`,
  grants: (site: SiteId) => `${root(site)}:grants`,
  client: (site: SiteId, mac: ClientMac) => `${root(site)}:client:${mac}`,
  /** Counts decisions: the versions of all access records come from it. */
  decisions: (site: SiteId) => `${root(site)}:decisions`,
  access: (site: SiteId, gateway: GatewayId, mac: ClientMac) => `${root(site)}:access:${gateway}:${mac}`,
  accesses: (site: SiteId, gateway: GatewayId) => `${root(site)}:accesses:${gateway}`,
  queue: (site: SiteId, gateway: GatewayId) => `${root(site)}:queue:${gateway}`,
  claimed: (site: SiteId, gateway: GatewayId) => `${root(site)}:claimed:${gateway}`,
  due: (site: SiteId, gateway: GatewayId) => `${root(site)}:due:${gateway}`,
  dead: (site: SiteId, gateway: GatewayId) => `${root(site)}:dead:${gateway}`,
  /** Clients of a gateway that names them, by when they were seen: it asks for them. */
  waiting: (site: SiteId, gateway: GatewayId) => `${root(site)}:waiting:${gateway}`,
  /** What a client may log in with at its gateway: the gateway and the client. */
  credential: (site: SiteId, username: string) => `${root(site)}:credential:${username}`,
  /** Sessions that a gateway accounts for. */
  sessions: (site: SiteId, gateway: GatewayId) => `${root(site)}:sessions:${gateway}`,
  /** What the holder of a lane answers to another process. */
  answer: (site: SiteId, order: string) => `${root(site)}:answer:${order}`,
  /** When gateways that ask did so last. */
  asked: (site: SiteId) => `${root(site)}:asked`,
  lane: (site: SiteId, gateway: GatewayId) => `${root(site)}:lane:${gateway}`,
  /** What a gateway said of its sessions when its list was read last. */
  reading: (site: SiteId, gateway: GatewayId) => `${root(site)}:reading:${gateway}`,
  /** The last test of a gateway, step by step, and what a process that runs one for another says of it. */
  test: (site: SiteId, gateway: GatewayId) => `${root(site)}:test:${gateway}`,
  testSteps: (site: SiteId, order: string) => `${root(site)}:test-steps:${order}`,
  /** Steps of the set-up that were put off. */
  setup: (site: SiteId) => `${root(site)}:setup`,
  clients: (site: SiteId, gateway: GatewayId) => `${root(site)}:clients:${gateway}`,
  seen: (site: SiteId, gateway: GatewayId) => `${root(site)}:seen:${gateway}`,
  seenOrder: (site: SiteId, gateway: GatewayId) => `${root(site)}:seen:${gateway}:order`,
  /** How many claims of a gateway's redirects did not hold. */
  unproven: (site: SiteId) => `${root(site)}:unproven`,
  /** A link by which a host signs in, a host's login, how many links there were, and what a host registered. */
  hostLink: (site: SiteId, digest: string) => `${root(site)}:host-link:${digest}`,
  hostLogin: (site: SiteId, digest: string) => `${root(site)}:host-login:${digest}`,
  hostLinks: (site: SiteId) => `${root(site)}:host-links`,
  hostLinksFrom: (site: SiteId, source: string) => `${root(site)}:host-links:${source}`,
  hostLinksOf: (site: SiteId, host: string) => `${root(site)}:host:${host}:links`,
  /** The names of a host's links and logins. */
  hostWays: (site: SiteId, host: string) => `${root(site)}:host:${host}:ways`,
  hostRegistered: (site: SiteId, host: string) => `${root(site)}:host:${host}:registered`,
  gateways: (site: SiteId) => `${root(site)}:gateways`,
  health: (site: SiteId) => `${root(site)}:health`,
  /** Repeats of one wrong PIN at a check-in desk. */
  attemptsDesk: (site: SiteId, desk: string) => `${root(site)}:attempts:desk:${desk}`,
  /** Paired check-in desks: their ids, and one each. */
  desks: (site: SiteId) => `${root(site)}:desks`,
  desk: (site: SiteId, id: string) => `${root(site)}:desk:${id}`,
  /** What a code pairs, by the code's digest; how many wrong codes were typed lately. */
  pairing: (site: SiteId, digest: string) => `${root(site)}:pairing:${digest}`,
  pairings: (site: SiteId) => `${root(site)}:pairings`,
  pairingTries: (site: SiteId) => `${root(site)}:pairing-tries`,
  /** A walk-in asks for a host; the request that an approving link leads to, by the link's digest. */
  request: (site: SiteId, id: string) => `${root(site)}:request:${id}`,
  requestLink: (site: SiteId, digest: string) => `${root(site)}:request-link:${digest}`,
  /** Requests by when they have to be answered: those that wait, all that are kept by when they were made, those
   * that count for a host; and who came to a place within an hour. */
  requests: (site: SiteId) => `${root(site)}:requests`,
  requestsKept: (site: SiteId) => `${root(site)}:requests-kept`,
  requestsHost: (site: SiteId, host: string) => `${root(site)}:requests:host:${host}`,
  walkInsAt: (site: SiteId, place: string) => `${root(site)}:walk-ins:${place}`,
  /** The newest request of a device. */
  requestClient: (site: SiteId, gateway: GatewayId, mac: ClientMac) =>
    `${root(site)}:request-client:${gateway}:${mac}`,
  events: (site: SiteId) => `${root(site)}:events`,
  /** By when they were added. */
  webhooks: (site: SiteId) => `${root(site)}:webhooks`,
  webhook: (site: SiteId, id: string) => `${root(site)}:webhook:${id}`,
  /** What became of the last attempts, newest first. */
  deliveries: (site: SiteId, id: string) => `${root(site)}:webhook:${id}:deliveries`,
} as const;

export const globalKeys = {
  sites: 'foyer:sites',
  /** Gateway id -> site id. */
  gatewaySites: 'foyer:gateway-sites',
  team: 'foyer:team',
  apiKeys: 'foyer:api-keys',
  setup: 'foyer:setup',
  /** A signed-in browser of the team, by the digest of its cookie, and those of one person by last use. */
  login: (digest: string) => `foyer:login:${digest}`,
  logins: (person: string) => `foyer:person:${person}:logins`,
  /** How often somebody tried to sign in, by account, by source address and overall; on one node of a cluster, since one script counts all. */
  signIn: 'foyer:sign-in:{all}',
  signInAttempts: (subject: string) => `foyer:sign-in:{all}:${subject}`,
  /** The OpenID Connect provider that the team may sign in with. */
  provider: 'foyer:provider',
  /** A sign-in by the provider that came back: it does so once. */
  providerSpent: (digest: string) => `foyer:provider-spent:${digest}`,
  /** The address of the portal that was started last. */
  portal: 'foyer:portal',
  /** A keyed constant: tells whether `SECRET` is the one that the data was written under. */
  secretCheck: 'foyer:secret-check',
  lease: (name: string) => `foyer:lease:${name}`,
  /** Channel on which processes tell each other what to look at. */
  signals: 'foyer:signals',
} as const;
