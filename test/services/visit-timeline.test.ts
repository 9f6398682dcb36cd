import t from 'tap';
import { EVENTS, type EventType } from '../../src/domain/event.js';
import type { EventKind } from '../../src/domain/event-kind.js';
import type { ClientMac } from '../../src/domain/id.js';
import { VISIT_STORY } from '../../src/domain/visit-story.js';
import type { AuditEntry } from '../../src/services/audit-words.js';
import { accessPointOf, type StoryNames, storyLine } from '../../src/services/visit-timeline.js';

const names: StoryNames = {
  point: (_, grants) => (grants.includes('g1') ? '02:00:00:aa:00:01' : undefined),
  mailWords: (mail) => (mail === 'm1' ? '550 No such mailbox' : ''),
  time: () => '10:00',
};

const entry = (type: EventType, fields: Record<string, string>, who = '', by = 'foyer'): AuditEntry => ({
  id: '1-0',
  type,
  group: '',
  at: 1,
  by,
  who,
  says: 'did something',
  visits: [],
  gateway: null,
  fields,
});
const told = (...input: Parameters<typeof entry>) => storyLine(entry(...input), names).text;

t.test('every event that is about a visit is told under its name', async (t) => {
  for (const [type, kind] of Object.entries(EVENTS) as [EventType, EventKind][]) {
    const about = ['visit', 'visit?', 'grants', 'grants?'].some((field) => Object.hasOwn(kind.data, field));
    if (about && type !== 'visit.erased') t.ok(VISIT_STORY[type], type);
  }
});

t.test('a line says who of the house did it, where, and what went wrong', async (t) => {
  t.equal(
    told('visit.registered', { visit: 'v' }, 'ann@example.com', 'person:p1'),
    'Registered by ann@example.com',
  );
  t.equal(told('visit.checked-in', {}, 'The check-in tablet', 'kiosk'), 'Checked in by the check-in tablet');
  t.equal(told('visit.checked-in', {}, 'The visitor', 'visitor'), 'Checked in');
  t.equal(
    told('client.online', { gateway: 'lobby', until: '5', grants: 'g1 g2' }),
    'Online at gateway "lobby", access point 02:00:00:aa:00:01 until 10:00',
  );
  t.equal(
    told('pin.failed', { gateway: 'lobby', outcome: 'early', count: '3' }),
    'Typed the PIN too early at gateway "lobby", 3 times',
  );
  t.equal(
    told('mail.refused', { mail: 'm1', kind: 'registered' }),
    'Mail with the PIN refused by the mail server: "550 No such mailbox"',
  );
  t.match(told('command.dead', { gateway: 'lobby', error: 'untrusted' }), /certificate that is not trusted/);
  t.match(told('command.dead', { gateway: 'lobby', error: 'brand-new' }), /says "brand-new"/);
  t.equal(
    told('site.added', { site: 'x' }, 'Foyer'),
    'Foyer did something',
    'what is new here is told all the same',
  );
});

t.test('an access point is named only where its gateway knows it', async (t) => {
  const known = [
    { mac: '02:00:00:aa:00:01' as ClientMac },
    { mac: '02:00:00:aa:00:03' as ClientMac, name: 'AP 3' },
  ];
  t.equal(accessPointOf('02:00:00:AA:00:01', known), '02:00:00:aa:00:01');
  t.equal(accessPointOf('02:00:00:aa:00:03', known), 'AP 3', 'by the name that people gave it');
  t.equal(accessPointOf('{"apMac":"02-00-00-AA-00-03","ssidName":"x"}', known), 'AP 3');
  t.equal(accessPointOf('02:00:00:bb:00:01 10.0.0.4', known), undefined, "a client's own address is none");
  t.equal(accessPointOf('10.0.0.4', known), undefined);
  t.equal(accessPointOf(undefined, known), undefined);
});
