import t from 'tap';
import { lookAtAll, originOf, startBrowser } from '../../fixtures/browser.js';
import { pagesOf, startHouse } from '../../fixtures/house.js';

t.test(
  'pages of the admins can be read in both schemes, at a desk and on a phone: the second half',
  async (t) => {
    const { app, owner, ids } = await startHouse(t);
    const pages = Object.entries(pagesOf(ids));
    const [browser, origin] = [await startBrowser(t), await originOf(app)];
    const half = Object.fromEntries(pages.slice(pages.length / 2));
    t.same(await lookAtAll(browser, origin, half, { cookie: owner.cookie }), []);
    const doors = { login: '/login', 'login-forgot': '/login/forgot' };
    t.same(await lookAtAll(browser, origin, doors), []);
  },
);
