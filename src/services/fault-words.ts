import type { DriverFault } from '../drivers/driver.js';

/** A fault of a gateway in words: what is so, then what to do. */
export interface FaultWords {
  says: string;
  advice: string;
}

const WORDS: Readonly<Record<DriverFault, FaultWords>> = {
  unreachable: {
    says: 'The gateway could not be reached.',
    advice: 'Is it on, and is its address right? It is tried again by itself.',
  },
  timeout: {
    says: 'The gateway did not answer in time.',
    advice: 'It is tried again by itself. If it stays like this, look at the router’s load.',
  },
  'bad-answer': {
    says: 'The gateway answered something that was not expected.',
    advice: 'Test the gateway: the step that fails says more.',
  },
  busy: {
    says: 'The gateway was busy with another call.',
    advice: 'It is tried again by itself.',
  },
  absent: {
    says: 'The device is not at the gateway.',
    advice: 'Nothing to do: it is let in when it comes again.',
  },
  'login-refused': {
    says: 'The gateway refused the login.',
    advice: 'Correct the user name, password or key of the gateway, then try again.',
  },
  'not-permitted': {
    says: 'The account that Foyer uses may not do this at the gateway.',
    advice: 'Give it the rights that “What belongs on the router” names, then try again.',
  },
  'not-supported': {
    says: 'This gateway cannot be told so.',
    advice: 'Nothing to do: the device stays on until the end that it was let in for.',
  },
  misconfigured: {
    says: 'Something is not set up at the gateway, or in its fields here.',
    advice: 'Test the gateway: it says what is missing. Then try again.',
  },
  untrusted: {
    says: 'The gateway showed a certificate that is not the one expected, so nothing was sent.',
    advice:
      'If the router has a new certificate, put its fingerprint into the gateway’s fields. Then try again.',
  },
};

const ELSE: FaultWords = { says: 'The gateway did not do what it was told.', advice: 'Test the gateway.' };

/** What the code of a fault, as commands and grants carry it, means to the people who look after Foyer. */
export const faultWords = (code: string): FaultWords =>
  Object.hasOwn(WORDS, code) ? WORDS[code as DriverFault] : ELSE;
