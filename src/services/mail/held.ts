import type { SiteId } from '../../domain/id.js';
import { mailKind } from '../../domain/mail.js';
import { foldEmail, meantBy } from '../../domain/person.js';
import type { Sealing } from '../../domain/sealing.js';
import type { MailStore } from '../../redis/mails.js';
import type { Holder, Person } from '../privacy.js';
import type { FreeMail } from './compose.js';

const PAGE = 200;

export interface HeldDeps {
  mails: MailStore;
  sealing: Sealing;
}

/** What mails hold of a person. Those of a visit name it and nothing else, and go with it; the others say to whom. */
export function heldMails({ mails, sealing }: HeldDeps): Holder {
  async function* ofPerson(site: SiteId, { query, visits, macs }: Person) {
    for (let cursor: string | undefined; ; ) {
      const page = await mails.list(site, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const mail of page.items) {
        if (mail.visit !== '') {
          if (visits.has(mail.visit)) yield { mail, to: undefined };
          continue;
        }
        const sealed = await mails.sealed(site, mail.id);
        const json = sealed === undefined ? undefined : sealing.unseal('mail', mail.id, sealed);
        if (json === undefined) continue;
        const { to, name = '', data } = JSON.parse(json) as FreeMail;
        const theirs =
          (mail.about !== undefined && visits.has(mail.about)) ||
          [...macs].some((mac) => mac === data.mac) ||
          (query.email !== undefined && foldEmail(to) === foldEmail(query.email)) ||
          meantBy(query, { name: data.name ?? name, email: data.email ?? to }).length > 0;
        if (theirs) yield { mail, to };
      }
      if (page.next === null) return;
      cursor = page.next;
    }
  }

  return {
    name: 'mails',
    async find(site, person) {
      const found: object[] = [];
      for await (const { mail, to } of ofPerson(site, person)) {
        const { id, kind, state, at, visit } = mail;
        const about = { id, kind, title: mailKind(kind).title, state, at: new Date(at).toISOString() };
        found.push({ ...about, ...(visit === '' ? { to } : { visit }) });
      }
      return found;
    },
    async erase(site, person) {
      const ids: string[] = [];
      for await (const { mail } of ofPerson(site, person)) ids.push(mail.id);
      for (const id of ids) await mails.forget(site, id);
      return ids.length;
    },
    sweep: (site, before) => mails.sweep(site, before),
  };
}
