import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { eventually, SITE } from '../../fixtures/runtime.js';
import { actions, mac } from '../../fixtures/story.js';

t.test('the page of the block list', async (t) => {
  const { as, runtime } = await startAdmin(t, { started: true });
  const { visit, redeem, live } = actions(runtime);
  const { blocks, visits } = runtime.services;
  const ann = await as('admin');
  await eventually(() => runtime.worker?.holds('demo' as never));

  t.equal((await (await as('desk')).get('/blocks')).status, 403);
  t.match((await ann.get('/blocks')).html, /Nobody is on the list/);

  await t.test('what cannot be a line is said, with what was typed', async (t) => {
    const page = await ann.post('/blocks', { kind: 'mac', value: 'no <mac>', note: 'why', until: '' });
    t.equal(page.status, 422);
    t.match(page.html, /That is no hardware address/);
    t.match(page.html, /value="no &lt;mac&gt;"/);
    t.match(page.html, /<option value="mac" selected/);
  });

  await t.test('a name without visits is on the list at once, and off it by Undo', async (t) => {
    const page = await ann.follow('/blocks', {
      kind: 'name',
      value: 'Mallory <b>',
      note: 'a "note"',
      until: '2026-11-24T10:00',
    });
    t.match(page.html, /Mallory &lt;b&gt; is on the block list\./);
    t.match(page.html, /a &quot;note&quot;/);
    t.match(page.html, new RegExp(`by ${ann.email}`));
    const [line] = await blocks.list(SITE);
    t.match(line, { until: Date.UTC(2026, 10, 24, 10), addedBy: `person:${ann.person}` });
    const after = await ann.follow('/blocks/remove', { id: line?.id ?? '' });
    t.match(after.html, /is off the block list/);
    t.equal((await ann.post('/blocks/remove', { id: line?.id ?? '' })).status, 404);
  });

  await t.test('visits that it means are shown before anything happens', async (t) => {
    const one = await visit({ name: 'Eve Black' });
    const two = await visit({ name: 'Eve Black', expectedArrival: '2026-11-25T09:00' });
    await redeem(1, one.pin);
    const form = { kind: 'name', value: 'Eve Black', note: '', until: '' };
    const asked = await ann.post('/blocks', form);
    t.equal(asked.status, 200);
    t.match(asked.html, /Eve Black has 2 visits/);
    t.same(await blocks.list(SITE), [], 'nothing has happened yet');
    const kept = await ann.follow('/blocks', { ...form, visits: 'keep' });
    t.match(kept.html, /class="quiet small">Undo</);
    t.equal((await visits.find(SITE, two.id))?.cancelledAt, undefined);
    await ann.post('/blocks/remove', { id: (await blocks.list(SITE))[0]?.id ?? '' });
    await ann.get('/blocks');
    const cancelled = await ann.follow('/blocks', { ...form, visits: 'cancel' });
    t.match(cancelled.html, /2 visits cancelled\./);
    t.notMatch(cancelled.html, /class="quiet small">Undo</, 'what was cancelled does not come back');
    t.same(await live(one.id), []);
  });

  await t.test('a device that is online goes off, and the page says so', async (t) => {
    const { pin } = await visit({ name: 'Grace' });
    await redeem(2, pin);
    const page = await ann.follow('/blocks', { kind: 'mac', value: mac(2), note: '', until: '' });
    t.match(page.html, /The device went offline: 1 grant ended\./);
  });
});
