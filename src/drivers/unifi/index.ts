import type { Capabilities, Driver, DriverContext, DriverKind } from '../driver.js';
import { createHttp } from '../http.js';
import { connectAccount } from './classic.js';
import { credentialOf, fields, type UnifiFields } from './fields.js';
import { connectKey } from './integration.js';
import { parseRedirect } from './redirect.js';
import { advice, rules } from './rules.js';
import { createTalk, NAME, TOLERANCE_MS } from './talk.js';

export type { UnifiFields };

const TIMEOUT_MS = 8000;

const COMMON =
  'An access point takes 1 to 25 s to follow, more where the controller is far away. Others who authorize guests of the same site through the API cannot be told from Foyer, and their guests are sent off: vouchers and UniFi’s own portal are left alone. The redirect names the client, and nothing signs it: the client is proven by its address.';

const BOTH = {
  orders: 'told',
  end: 'to the second, by Foyer; by UniFi itself up to a minute later',
  lagSeconds: 25,
  extend: true,
  revoke: true,
  list: true,
  identity: true,
  limits: true,
} as const;

const CAPABILITIES: readonly [Capabilities, Capabilities] = [
  {
    mode: 'with an account',
    ...BOTH,
    remarks: `Untested on hardware: written after client libraries and recorded traffic of Network 6 to 9. Consoles, UniFi OS Server and self-hosted controllers. Needs a local account without a second factor. ${COMMON} A visit that was shortened may end at its former end while Foyer is not running.`,
  },
  {
    mode: 'with an API key',
    ...BOTH,
    remarks: `Untested on hardware: written after UniFi’s own descriptions of Network 9.1.120 and 10.5.66. Network 9.1.105 or newer. ${COMMON} The API reaches connected devices only: one that is away when it is sent off early is sent off when it is back, up to 30 s later. Rates are held up to 100 Mbit/s.`,
  },
];

/** Every call fails with what is wrong with the fields, and the check says it. */
function notConnected(error: Error): Driver {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return {
    authorize: fail,
    deauthorize: fail,
    sessions: fail,
    clients: fail,
    findClient: fail,
    check: async () => ({ ok: false, epoch: '', problems: [error.message] }),
    close: async () => undefined,
  };
}

function connect(context: DriverContext<UnifiFields>): Driver {
  const { fields, now, timeoutMs = TIMEOUT_MS } = context;
  let credential: ReturnType<typeof credentialOf>;
  try {
    credential = credentialOf(fields);
  } catch (error) {
    return notConnected(error as Error);
  }
  const { url, fingerprint } = fields;
  const http = createHttp({ name: NAME, baseUrl: url, fingerprint, timeoutMs });
  const where = new URL(url).origin;
  const link = { talk: createTalk(http, where, now), where, timeoutMs, close: http.close };
  return 'apiKey' in credential
    ? connectKey(context, link, credential)
    : connectAccount(context, link, credential);
}

export const unifi: DriverKind<UnifiFields> = {
  kind: 'unifi',
  label: NAME,
  fields,
  capabilities: CAPABILITIES,
  modeOf: ({ apiKey }) => (apiKey === undefined ? 0 : 1),
  defaults: { trust: 'verify', guestNetworks: [] },
  toleranceMs: TOLERANCE_MS,
  checkEveryMs: 10_000,
  parseRedirect: (query) => parseRedirect(query),
  connect,
  rules,
  advice,
};
