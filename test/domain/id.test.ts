import t from 'tap';
import { newId, parseRecordId } from '../../src/domain/id.js';

t.test('what a record can have as its id is one, whatever else is typed names nothing', async (t) => {
  const ids = [newId(), 'demo-visit', 'a', 'A_-9', 'x'.repeat(64)];
  for (const id of ids) t.equal(parseRecordId(id), id, id);
  const others = ['', 'x'.repeat(65), 'a b', 'a:b', 'a/b', 'a\n', '{main}', 'ä'];
  for (const other of others) t.equal(parseRecordId(other), undefined, JSON.stringify(other));
});
