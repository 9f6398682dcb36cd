import type { Sealing } from '../domain/sealing.js';
import type { Person } from '../domain/team.js';
import { newRecoveryCode, newTotpSecret, plainCode, RECOVERY_CODES, totpStep } from './totp.js';

export type Factor = ReturnType<typeof createFactor>;

/** The second factor of a person: codes of an app, and recovery codes for the day when the phone is gone. */
export function createFactor({ sealing, now }: { sealing: Sealing; now: () => number }) {
  const digestOf = (person: string, code: string): string =>
    sealing.digest('recovery', `${person} ${plainCode(code)}`);

  function newCodes(person: string): { codes: string[]; recovery: string[] } {
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    return { codes, recovery: codes.map((code) => digestOf(person, code)) };
  }

  return {
    /** A secret to show, sealed for the way through the form: it is the person's only when they confirm it by a code. */
    offer(person: string): { secret: string; sealed: string } {
      const secret = newTotpSecret();
      return { secret, sealed: sealing.seal('totp', person, secret) };
    },

    opened: (person: string, sealed: string): string | undefined => sealing.unseal('totp', person, sealed),

    /** With the offered secret as the person's own; undefined where the code is not one of it. `codes` are shown once. */
    confirmed(person: Person, sealed: string, code: string): { person: Person; codes: string[] } | undefined {
      const secret = sealing.unseal('totp', person.id, sealed);
      const step = secret === undefined ? undefined : totpStep(secret, plainCode(code), now(), 0);
      if (step === undefined) return undefined;
      const { codes, recovery } = newCodes(person.id);
      return { person: { ...person, secondFactor: { secret: sealed, step, recovery } }, codes };
    },

    /** The person with this code used up; undefined where it is wrong or was used before. */
    taken(person: Person, typed: string): Person | undefined {
      const { secondFactor } = person;
      if (!secondFactor) return undefined;
      const secret = sealing.unseal('totp', person.id, secondFactor.secret);
      const step =
        secret === undefined ? undefined : totpStep(secret, plainCode(typed), now(), secondFactor.step);
      if (step !== undefined) return { ...person, secondFactor: { ...secondFactor, step } };
      const digest = digestOf(person.id, typed);
      if (!secondFactor.recovery.includes(digest)) return undefined;
      const recovery = secondFactor.recovery.filter((one) => one !== digest);
      return { ...person, secondFactor: { ...secondFactor, recovery } };
    },

    /** New recovery codes in place of all that were left. */
    renewed(person: Person): { person: Person; codes: string[] } | undefined {
      if (!person.secondFactor) return undefined;
      const { codes, recovery } = newCodes(person.id);
      return { person: { ...person, secondFactor: { ...person.secondFactor, recovery } }, codes };
    },
  };
}

export function withoutFactor(person: Person): Person {
  const { secondFactor: _, ...rest } = person;
  return rest;
}
