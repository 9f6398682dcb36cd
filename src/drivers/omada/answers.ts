import { DriverError } from '../driver.js';
import type { HttpAnswer } from '../http.js';

/** What the controller answers: HTTP 200, and whether it did in `errorCode`. */
export interface Reply {
  code: number;
  result: Readonly<Record<string, unknown>>;
}

export const DONE = 0;
/** Invalid parameters; of one record: there is none such. */
export const INVALID = -1001;
/** Catch-all of extPortal/auth: the client does not wait at that access point, on that Wi-Fi, at that site. */
export const NOT_WAITING = -41501;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where this is no answer of the API: the page for signing in, a redirect to it, another program's error. */
export function replyOf(answer: HttpAnswer): Reply | undefined {
  const json = answer.json();
  if (!isObject(json) || typeof json.errorCode !== 'number') return undefined;
  return { code: json.errorCode, result: isObject(json.result) ? json.result : {} };
}

/** Where neither the API nor its page for signing in answers: something in between, or a controller that is just starting. */
export function refuseOverload({ status }: HttpAnswer): void {
  if (status === 429)
    throw new DriverError('busy', 'Omada has had too many requests: it is asked again later.');
  if (status >= 500)
    throw new DriverError(
      'bad-answer',
      `Omada answers with HTTP ${status}: it may be starting; if that goes on, look at the controller and at what stands before it.`,
    );
}

const SITE = 'Hotspot Manager, Operators: give the operator this site, and compare the field siteId.';

const FAULTS: Readonly<
  Record<number, readonly ['not-permitted' | 'not-supported' | 'misconfigured', string]>
> = {
  [-1007]: ['not-permitted', `The operator may not manage this site. ${SITE}`],
  [-1005]: ['not-permitted', `Omada forbids the operator to do this. ${SITE}`],
  [-1004]: ['not-supported', 'This controller does not know that call: Foyer needs Omada 5.0 or later.'],
  [-1600]: ['not-supported', 'This controller does not know that call: Foyer needs Omada 5.0 or later.'],
  [-41500]: [
    'misconfigured',
    'The portal of this Wi-Fi is not one of an external portal server: set its authentication type to External Portal Server.',
  ],
};

export function faultOf({ code }: Reply, what: string): DriverError {
  const [fault, words] = FAULTS[code] ?? [];
  return fault
    ? new DriverError(fault, `${words} (${what}: ${code})`)
    : new DriverError('bad-answer', `Omada refused ${what} with its code ${code}.`);
}

/** The rows of one page of a list; and how many there are in all. */
export function rowsOf({ result }: Reply, what: string): { rows: Record<string, unknown>[]; total: number } {
  const { data, totalRows } = result;
  if (!Array.isArray(data)) throw new DriverError('bad-answer', `Omada answered ${what} without a list.`);
  return { rows: data.filter(isObject), total: typeof totalRows === 'number' ? totalRows : data.length };
}
