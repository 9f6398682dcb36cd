import t from 'tap';
import { lookAtAll, originOf, startBrowser } from '../../fixtures/browser.js';
import { startHouse } from '../../fixtures/house.js';

/** Pages by the name of their picture. Each is looked at in both schemes, at a desk and on a phone. */
const pagesOf = (ids: Awaited<ReturnType<typeof startHouse>>['ids']): Record<string, string> => ({
  home: '/',
  visits: '/visits',
  'visits-search': '/visits?q=ada&day=all',
  register: '/visits/new',
  visit: `/visits/${ids.visit}`,
  'visit-edit': `/visits/${ids.visit}/edit`,
  'visit-cancel': `/visits/${ids.visit}/cancel`,
  'visit-check-out': `/visits/${ids.visit}/check-out`,
  'without-token': '/visits/without-token',
  import: '/visits/import',
  'walk-ins': '/walk-ins',
  sessions: '/sessions',
  'session-revoke': `/sessions/${ids.grant}/revoke`,
  gateways: '/gateways',
  'gateway-kinds': '/gateways/new',
  'gateway-new': '/gateways/new?kind=mikrotik',
  gateway: `/gateways/${ids.gateway}`,
  'gateway-edit': `/gateways/${ids.gateway}/edit`,
  'gateway-rules': `/gateways/${ids.gateway}/rules`,
  'gateway-remove': `/gateways/${ids.gateway}/remove`,
  queue: '/queue',
  settings: '/settings/check-in',
  'settings-portal': '/settings/portal',
  templates: '/templates',
  template: '/templates/registered/en',
  'template-reset': '/templates/registered/en/reset',
  outbox: '/outbox',
  'outbox-mail': `/outbox/${ids.mail}`,
  'outbox-discard': `/outbox/${ids.mail}/discard`,
  desks: '/desks',
  desk: `/desks/${ids.desk}`,
  'desk-unpair': `/desks/${ids.desk}/unpair`,
  webhooks: '/webhooks',
  'webhook-new': '/webhooks/new',
  webhook: `/webhooks/${ids.webhook}`,
  'webhook-edit': `/webhooks/${ids.webhook}/edit`,
  'webhook-remove': `/webhooks/${ids.webhook}/remove`,
  audit: '/audit',
  'audit-empty': '/audit?day=2001-01-01',
  blocks: '/blocks',
  privacy: '/privacy',
  team: '/team',
  'team-new': '/team/new',
  'team-person': `/team/${ids.person}`,
  'team-remove': `/team/${ids.person}/remove`,
  'team-reset': `/team/${ids.person}/reset`,
  'team-deactivate': `/team/${ids.person}/deactivate`,
  'sign-in-provider': '/team/sign-in',
  keys: '/keys',
  'key-remove': `/keys/${ids.key}/remove`,
  sites: '/sites',
  'site-remove': '/sites/annex/remove',
  account: '/account',
  'second-factor': '/account/second-factor',
  wizard: '/wizard',
  'wizard-site': '/wizard/site',
  'wizard-gateway': '/wizard/gateway',
  'wizard-mail': '/wizard/mail',
  'wizard-visit': '/wizard/visit',
});

t.test('every page of the admins can be read and used, in both schemes and at every width', async (t) => {
  const { app, owner, ids } = await startHouse(t);
  const pages = pagesOf(ids);
  const { html } = await owner.get('/');
  const menu = html.slice(html.indexOf('<nav'), html.indexOf('</nav>'));
  for (const [, href] of menu.matchAll(/<a href="([^"]+)"/g))
    t.ok(
      Object.values(pages).some((path) => path.split('/')[1] === (href ?? '').split('/')[1]),
      `the menu leads to ${href}`,
    );
  const browser = await startBrowser(t);
  const origin = await originOf(app);
  const { cookie } = owner;
  const halves = [0, 1].map((half) =>
    Object.fromEntries(Object.entries(pages).filter((_, i) => i % 2 === half)),
  );
  const wrong = await Promise.all(halves.map((half) => lookAtAll(browser, origin, half, { cookie })));
  t.same(wrong.flat(), []);
  const doors = { login: '/login', 'login-forgot': '/login/forgot' };
  t.same(await lookAtAll(browser, origin, doors), []);
});
