import type { MailStore } from '../redis/mails.js';
import type { Holder } from './privacy.js';

/** Mails as something that is held about persons. They name nobody, and go with their visits; what belongs to none expires. */
export const createMailHolder = (mails: MailStore): Holder => ({
  name: 'mails',
  async find(site, person) {
    const found = await Promise.all([...person.visits].map((visit) => mails.ofVisit(site, visit)));
    return found.flat();
  },
  erase: async () => 0,
  sweep: (site, before) => mails.sweep(site, before),
});
