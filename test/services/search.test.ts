import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { SITE } from '../fixtures/runtime.js';
import { type Story, startStory } from '../fixtures/story.js';

const found = async (story: Story, ...words: string[]): Promise<string[]> =>
  (await story.runtime.services.visits.list(SITE, { words, limit: 50 })).items.map(({ name }) => name).sort();

t.test('a search of two words finds a visit although thousands share one of them', async (t) => {
  const story = await startStory(t, { started: false });
  const step = story.runtime.server.redis.pipeline();
  // Ids of visits begin with a v: these come before the one that is looked for.
  for (let i = 0; i < 3000; i++) step.zadd(siteKeys.words(SITE), 0, `ada a${i}`);
  await step.exec();
  await story.visit({ name: 'Ada Zuse' });
  t.strictSame(await found(story, 'ada', 'zuse'), ['Ada Zuse']);
  t.strictSame(await found(story, 'zus', 'ad'), ['Ada Zuse']);
});

t.test('every word of a search begins a word of name, e-mail or host', async (t) => {
  const story = await startStory(t, { started: false });
  await story.visit({ name: 'Ada Zuse', host: 'Grace' });
  await story.visit({ name: 'Ada Gracey', email: 'zoe@example.com' });
  await story.visit({ name: 'Adam', host: 'Zara Grace' });
  const table: [words: string[], names: string[]][] = [
    [['ada'], ['Ada Gracey', 'Ada Zuse', 'Adam']],
    [
      ['ada', 'grace', 'z'],
      ['Ada Gracey', 'Ada Zuse', 'Adam'],
    ],
    [['grace', 'zuse'], ['Ada Zuse']],
    [['zuse', 'grace', 'ada'], ['Ada Zuse']],
    [['adam', 'zuse'], []],
    [['race', 'ada'], []],
    [['zoe', 'exam'], ['Ada Gracey']],
  ];
  for (const [words, names] of table) t.strictSame(await found(story, ...words), names, words.join(' '));
});
