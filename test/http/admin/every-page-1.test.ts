import t from 'tap';
import { lookAtAll, originOf, startBrowser } from '../../fixtures/browser.js';
import { pagesOf, startHouse } from '../../fixtures/house.js';

t.test(
  'pages of the admins can be read in both schemes, at a desk and on a phone: the first half',
  async (t) => {
    const { app, owner, ids } = await startHouse(t);
    const pages = Object.entries(pagesOf(ids));
    const { html } = await owner.get('/');
    const menu = html.slice(html.indexOf('<nav'), html.indexOf('</nav>'));
    const first = (path: string | undefined): string | undefined => path?.split('/')[1];
    for (const [, href] of menu.matchAll(/<a href="([^"]+)"/g))
      t.ok(
        pages.some(([, path]) => first(path) === first(href)),
        `the menu leads to ${href}`,
      );
    const [browser, origin] = [await startBrowser(t), await originOf(app)];
    const half = Object.fromEntries(pages.slice(0, pages.length / 2));
    t.same(await lookAtAll(browser, origin, half, { cookie: owner.cookie }), []);
  },
);
