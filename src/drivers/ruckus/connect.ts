import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { type Driver, type DriverContext, DriverError, type Health, type Target } from '../driver.js';
import type { RuckusFields } from './fields.js';
import { type Answer, CODE, type Command, createNorthbound, faultOf } from './northbound.js';
import { isSealed, parseVia, type Way } from './redirect.js';

/** How long a login that is pending is asked after, and how often. */
const PATIENCE_MS = 8000;
const STEP_MS = 500;

/** No client has it: asking about it shows whether the interface is there and takes the password. */
const NOBODY = '02:00:00:00:00:00';
const NOTHING = `ENC${'0'.repeat(32)}`;

const PASSES: readonly number[] = [CODE.ok, CODE.loggedIn, CODE.authorized];
const GONE: readonly number[] = [CODE.unauthorized, CODE.notFound];

/** As the controllers themselves write it. */
const written = (mac: ClientMac): string => mac.toUpperCase();

/** How the controller may call a client: as it wrote it last, and in the clear. */
function waysOf({ mac, ips, via }: Target): [Way, ...Way[]] {
  const [ip] = ips;
  const clear = { mac: written(mac), ...(ip === undefined ? {} : { ip }) };
  const way = parseVia(via);
  if (!way) return [clear];
  return way.mac === clear.mac ? [way] : [way, clear];
}

export function connect({ fields, now, timeoutMs }: DriverContext<RuckusFields>): Driver {
  const northbound = createNorthbound(fields, timeoutMs);
  const closed = new AbortController();
  setMaxListeners(0, closed.signal);
  const patience = timeoutMs ?? PATIENCE_MS;
  const step = Math.min(STEP_MS, patience / 6);
  const cloud = fields.controller === 'ruckus-one';

  /** What is answered to a command that there is not. */
  const UNKNOWN: readonly number[] = cloud ? [CODE.command, CODE.category, CODE.badRequest] : [CODE.command];

  function login(way: Way, mac: ClientMac): Promise<Answer> {
    const { guestUsername: name, guestPassword: password } = fields;
    if (name !== undefined && password !== undefined)
      return northbound.user('Login', way, { name, password });
    if (cloud) return northbound.user('Authorize', way);
    const account = mac.replaceAll(':', '');
    return northbound.user('Login', way, { name: account, password: account });
  }

  /**
   * A result is told once: whoever asks after it next hears only whether the client passes. The cloud documents no `Status`,
   * and that the same login is asked again.
   */
  async function settled(way: Way, mac: ClientMac): Promise<Answer> {
    let answer = await login(way, mac);
    for (let waited = 0; answer.code === CODE.pending && waited < patience; waited += step) {
      await sleep(step, undefined, { signal: closed.signal });
      answer = await (cloud ? login(way, mac) : northbound.user('Status', way));
    }
    return answer;
  }

  async function authorize(target: Target): Promise<void> {
    const [way] = waysOf(target);
    const command = cloud && fields.guestUsername === undefined ? 'Authorize' : 'Login';
    const answer = await settled(way, target.mac);
    if (PASSES.includes(answer.code)) return;
    if (answer.code === CODE.pending)
      throw new DriverError('busy', 'The Ruckus controller has not decided about the guest’s login in time.');
    if (answer.code === CODE.unauthorized)
      throw new DriverError('busy', 'The Ruckus controller did not let the guest in, and does not say why.');
    throw faultOf(answer, command);
  }

  /** Whether the client passes, by its status, after it was told to end. */
  async function passesStill(way: Way): Promise<boolean> {
    const answer = await northbound.user('Status', way);
    if (GONE.includes(answer.code) || answer.code === CODE.command) return false;
    if (PASSES.includes(answer.code) || answer.code === CODE.pending) return true;
    throw faultOf(answer, 'Status');
  }

  /** True where the controller knew the client by this name. Releases differ in which of the two ends a session. */
  async function end(way: Way): Promise<boolean> {
    let unknown = 0;
    for (const command of ['Logout', 'Disconnect'] satisfies Command[]) {
      const answer = await northbound.user(command, way);
      if (answer.code === CODE.notFound) return false;
      if (answer.code === CODE.unauthorized) return true;
      if (UNKNOWN.includes(answer.code)) unknown += 1;
      else if (!PASSES.includes(answer.code)) throw faultOf(answer, command);
      else if (!(await passesStill(way))) return true;
    }
    if (unknown === 2)
      throw new DriverError(
        'not-supported',
        'This Ruckus controller ends no session when told: a guest stays on to the session time of the WLAN.',
      );
    throw new DriverError('bad-answer', 'The Ruckus controller was told to end a session and did not.');
  }

  async function deauthorize(target: Target): Promise<void> {
    for (const way of waysOf(target)) if (await end(way)) return;
  }

  function notes(): string[] {
    if (fields.guestUsername !== undefined && fields.guestPassword !== undefined) return [];
    return [
      cloud
        ? 'Guests are let in without an account: the WLAN is set to accept everybody, and only this portal stands before it.'
        : 'With Always Accept a guest who sends a login to the controller’s own page (ports 9997 and 9998) comes in without a PIN: block these ports for guests, or set guestUsername and guestPassword.',
    ];
  }

  async function probe(): Promise<string | undefined> {
    if (fields.guestUsername !== undefined && fields.guestPassword === undefined)
      return 'guestUsername is set and guestPassword is not: set both or neither.';
    const answer = cloud
      ? await northbound.decrypt(NOTHING)
      : await northbound.user('Status', { mac: NOBODY });
    const faults: number[] = [CODE.password, CODE.version, CODE.category, CODE.internal];
    return faults.includes(answer.code) ? faultOf(answer, cloud ? 'Decrypt' : 'Status').message : undefined;
  }

  return {
    authorize: (order) => (order.until <= now() ? deauthorize(order) : authorize(order)),
    deauthorize,

    async resolve(claim) {
      const way = parseVia(claim.via);
      if (claim.mac || !way || !isSealed(way.mac)) return claim.mac ? claim : undefined;
      const { code, said, data } = await northbound.decrypt(way.mac);
      const wrong: number[] = [CODE.password, CODE.version, CODE.command, CODE.category, CODE.internal];
      if (wrong.includes(code)) throw faultOf({ code, said, data }, 'Decrypt');
      const mac = code === CODE.ok ? parseMac(data?.trim() ?? '') : undefined;
      return mac && { ...claim, mac };
    },

    async check(): Promise<Health> {
      try {
        const fault = await probe();
        return {
          ok: fault === undefined,
          epoch: 'northbound',
          problems: [...(fault ? [fault] : []), ...notes()],
        };
      } catch (error) {
        if (!(error instanceof DriverError)) throw error;
        return { ok: false, epoch: 'northbound', problems: [error.message] };
      }
    },

    async close() {
      closed.abort();
      await northbound.close();
    },
  };
}
