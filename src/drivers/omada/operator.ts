import { type DriverContext, DriverError } from '../driver.js';
import type { Http, HttpAnswer, HttpCall } from '../http.js';
import { createLogin, EXPIRED } from '../login.js';
import { DONE, faultOf, type Reply, refuseOverload, replyOf } from './answers.js';
import type { OmadaFields } from './fields.js';

/** The operator's session at the Hotspot Manager, and what anybody may ask of the controller. */

/** A session that the controller does not know any more. 5.15 answers with its page for signing in, HTTP 200 or 302. */
const LOST = -1200;
/** "General error", and that of a lost session too. */
const GENERAL = -1;
/** TPOMADA_SESSIONID since 5.11, TPEAP_SESSIONID before: whichever comes. */
const COOKIE = /^TP(?:OMADA|EAP)_SESSIONID=/;
/** What the controller's clock is off by and need not be spoken of: its `Date` has whole seconds. */
const CLOCK_SLACK_MS = 3000;

const NOT_API = 'Omada answers with something that is not its API: is the field url that of the controller?';

export interface Controller {
  omadacId: string;
  version: string;
  /** Its first setup is done. */
  configured: boolean;
}

interface Session extends Controller {
  headers: Record<string, string>;
}

/** Whether a version is at least that one, number by number. */
export function atLeast(version: string, least: readonly number[]): boolean {
  const numbers = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (const [at, wanted] of least.entries()) {
    const found = numbers[at] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}

export type Operator = ReturnType<typeof createOperator>;

export function createOperator(http: Http, { fields, now }: DriverContext<OmadaFields>) {
  let ahead = 0;

  function hear(answer: HttpAnswer): void {
    const told = Date.parse(answer.header('date') ?? '') + 500 - now();
    ahead = Math.abs(told) > CLOCK_SLACK_MS ? told : 0;
  }

  async function controller(): Promise<Controller> {
    const answer = await http.call({ method: 'GET', path: '/api/info' });
    refuseOverload(answer);
    const { omadacId, controllerVer, configured } = replyOf(answer)?.result ?? {};
    if (typeof omadacId !== 'string' || !/^[0-9A-Za-z]{8,64}$/.test(omadacId))
      throw new DriverError('bad-answer', NOT_API);
    hear(answer);
    const version = typeof controllerVer === 'string' ? controllerVer.slice(0, 40) : '';
    return { omadacId, version, configured: configured !== false };
  }

  async function signIn(): Promise<Session> {
    const known = await controller();
    const answer = await http.call({
      method: 'POST',
      path: `/${known.omadacId}/api/v2/hotspot/login`,
      json: { name: fields.username, password: fields.password },
    });
    refuseOverload(answer);
    const reply = replyOf(answer);
    if (!reply) throw new DriverError('bad-answer', NOT_API);
    if (reply.code !== DONE)
      throw new DriverError(
        'login-refused',
        `Omada refuses the operator (code ${reply.code}): the fields username and password are those of an operator of the Hotspot Manager, not of an account of the controller.`,
      );
    const { token } = reply.result;
    const cookie = answer.cookies().filter((one) => COOKIE.test(one));
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(token) || cookie.length === 0)
      throw new DriverError('bad-answer', 'Omada took the operator’s login and gave no session for it.');
    // One without the other is a session that is lost.
    return { ...known, headers: { cookie: cookie.join('; '), 'csrf-token': token } };
  }

  const login = createLogin<Session>({ name: 'Omada', login: signIn, now });

  return {
    controller,
    /** By how much the controller's clock is ahead of Foyer's, in milliseconds; 0 where it is right, or not told. */
    ahead: (): number => ahead,

    /**
     * Calls below `/{omadacId}/api/v2/hotspot`. `order` is made for each try, so that what it says of time is true when it is
     * sent. Throws for every code but these.
     */
    async call(
      what: string,
      order: (controller: Controller) => HttpCall,
      codes: readonly number[] = [],
    ): Promise<Reply> {
      let again = false;
      return login.use(async (session) => {
        const call = order(session);
        const path = `/${session.omadacId}/api/v2/hotspot${call.path}`;
        const answer = await http.call({ ...call, path, headers: session.headers });
        refuseOverload(answer);
        const reply = replyOf(answer);
        if (!reply || reply.code === LOST || (reply.code === GENERAL && !again)) {
          again = true;
          return EXPIRED;
        }
        if (reply.code !== DONE && !codes.includes(reply.code)) throw faultOf(reply, what);
        return reply;
      });
    },
  };
}
