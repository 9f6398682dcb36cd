import type { ClientMac } from '../domain/id.js';
import {
  type Capabilities,
  type Driver,
  DriverError,
  type DriverFault,
  type Health,
} from '../drivers/driver.js';
import { inTime } from './chore.js';

/** The steps of a test, in their order. */
export const TEST_STEPS = ['log in', 'look up', 'let in', 'see', 'send off'] as const;

/** One step of a test. `says`: what was found, or what is wrong and what to do. */
export interface TestStep {
  step: (typeof TEST_STEPS)[number];
  /** How long it took, in milliseconds; 0 where it was not taken. */
  ms: number;
  verdict: 'ok' | 'failed' | 'skipped';
  says: string;
}

export interface RoundTrip {
  /** No step failed. */
  ok: boolean;
  /** For a router admin, each with what to do; some are no reason not to be ready. */
  problems: string[];
  steps: TestStep[];
}

/** A device that nobody has: locally administered, as phones make theirs up. */
export const TEST_MAC = '02:f0:1e:00:00:01' as ClientMac;
const TEST_MS = 60_000;
const UNTRIED =
  'Letting in was not tried to its end: this gateway lets in only who has joined. Test again with the MAC of a device of yours that has (--mac).';

export interface RoundTripDeps {
  driver: Driver;
  can: Capabilities;
  check: () => Promise<Health>;
  now: () => number;
  /** A device that has joined, where the gateway lets in no others; else one that nobody has. */
  mac?: ClientMac;
  /** Told of each step when it is over. */
  onStep?: (step: TestStep) => void;
}

/**
 * What a visitor's visit comes to at a gateway, done once: log in, look up who is there, let a device in for a minute, see it,
 * send it off. What the gateway cannot is skipped, and says why.
 */
export async function roundTrip({
  driver,
  can,
  check,
  now,
  mac = TEST_MAC,
  onStep = () => undefined,
}: RoundTripDeps): Promise<RoundTrip> {
  const steps: TestStep[] = [];
  const note = (step: TestStep): void => {
    steps.push(step);
    onStep(step);
  };
  const problems: string[] = [];

  /** Undefined where it went well. */
  async function take(step: TestStep['step'], run: () => Promise<string>): Promise<DriverFault | undefined> {
    const begun = performance.now();
    const put = (verdict: TestStep['verdict'], says: string): void => {
      note({ step, ms: Math.round(performance.now() - begun), verdict, says });
    };
    try {
      put('ok', await run());
      return undefined;
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      const { code, message: says } = error;
      const expected = code === 'absent' || code === 'not-supported';
      put(expected ? 'skipped' : 'failed', says);
      if (!expected && !problems.includes(says)) problems.push(says);
      return code;
    }
  }
  const skip = (step: TestStep['step'], says: string): void => {
    note({ step, ms: 0, verdict: 'skipped', says });
  };
  const fail = (message: string): never => {
    throw new DriverError('bad-answer', message);
  };

  let remarks: string[] = [];
  const away = await take('log in', async () => {
    const health = await inTime(check());
    remarks = health.problems;
    return health.ok ? 'reached, and ready' : fail(health.problems.join(' ') || 'The gateway is not ready.');
  });
  if (away) {
    for (const step of ['look up', 'let in', 'see', 'send off'] as const) skip(step, 'not tried');
    return { ok: false, problems: remarks.length > 0 ? remarks : problems, steps };
  }

  const { clients } = driver;
  if (clients)
    await take('look up', async () => {
      const found = await inTime(clients());
      return found.length === 1
        ? '1 client has an address here'
        : `${found.length} clients have an address here`;
    });
  else skip('look up', 'This gateway does not tell who its clients are.');

  const untold = {
    told: can.revoke
      ? ''
      : 'This gateway sends nobody off when told: a device that was let in for a test would stay in.',
    browser: 'The visitor’s own browser carries the word here: join the Wi-Fi with a phone and try a PIN.',
    asks: 'This gateway asks whom to let in: join the Wi-Fi with a phone and try a PIN.',
  }[can.orders];
  if (untold !== '') {
    for (const step of ['let in', 'see', 'send off'] as const) skip(step, untold);
    return { ok: problems.length === 0, problems: [...problems, ...remarks], steps };
  }

  const refused = await take('let in', async () => {
    await inTime(driver.authorize({ mac, ips: [], until: now() + TEST_MS, limits: {} }));
    return `${mac} for a minute`;
  });
  const { sessions } = driver;
  const listed = async (): Promise<boolean> =>
    (await inTime(sessions?.() ?? Promise.resolve([]))).some((session) => session.mac === mac);
  if (refused) skip('see', 'nobody was let in');
  else if (!sessions) skip('see', 'This gateway does not list its sessions.');
  else
    await take('see', async () =>
      (await listed())
        ? 'it is in the list'
        : fail('The gateway says that it let the device in, and does not list it.'),
    );
  // Also where letting in failed half-way, or waits at the gateway for the device: nothing is to be left behind.
  if (refused !== 'not-supported')
    await take('send off', async () => {
      await inTime(driver.deauthorize({ mac, ips: [] }));
      if (sessions && (await listed()))
        fail('The gateway says that it sent the device off, and still lists it.');
      return sessions ? 'it is not in the list any more' : 'done';
    });
  else skip('send off', 'nobody was let in');
  const hints = refused === 'absent' ? [UNTRIED] : [];
  return { ok: problems.length === 0, problems: [...problems, ...remarks, ...hints], steps };
}
