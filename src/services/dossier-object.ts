import { blockObject, eventObject, grantObject, iso, visitObject } from './objects.js';
import type { Dossier } from './privacy.js';

/** What is held about a person, as the API answers with it and as the file has it that the person gets. */
export const dossierObject = (
  { query, visits, hosting, blocks, sessions, seenAt, held }: Dossier,
  now: number,
) => ({
  query: { name: query.name ?? null, email: query.email ?? null, mac: query.mac ?? null },
  visits: visits.map(({ visit, by, grants, events }) => ({
    ...visitObject(visit, now),
    foundBy: by,
    grants: grants.map(({ grant, access }) => grantObject(grant, access, now)),
    events: events.map(eventObject),
  })),
  hosting: hosting.map(({ id, expectedArrival, timeZone, host, hostEmail }) => ({
    id,
    expectedArrival,
    timeZone,
    host: host ?? null,
    hostEmail: hostEmail ?? null,
  })),
  blocks: blocks.map(blockObject),
  sessions: sessions.map(({ seenAt: at, ...session }) => ({ ...session, seenAt: iso(at) })),
  seenAt,
  held,
});
