import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Fastify from 'fastify';
import t from 'tap';
import { registerTemplates } from '../../src/http/views.js';

const http = resolve(import.meta.dirname, '../../src/http');
const views = resolve(import.meta.dirname, '../../views');

const found = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && pattern.test(readFileSync(join(folder, file), 'utf8')))
    .sort();

t.test('there is one way to render, and pages of all listeners take it', async (t) => {
  t.same(found(http, /from '(?:eta|@fastify\/view)'/), ['views.ts']);
  const app = Fastify();
  t.teardown(() => app.close());
  await registerTemplates(app);
  const page = { title: '<b>', lines: ['<i>'], code: ['<u>'] };
  const html = await app.view('pages/message', page);
  t.match(html, /^<!DOCTYPE html>\n<html lang="en">[\s\S]*<title>&lt;b&gt;</);
  t.notMatch(html, /<[biu]>/, 'what is shown is text');
});

t.test('a listener takes its pages from its own folder or from the shared one', async (t) => {
  const templates = (folder: string): string[] =>
    found(join(http, folder), /template: '/).flatMap((file) =>
      [...readFileSync(join(http, folder, file), 'utf8').matchAll(/template: '([^/']+)\//g)].map(
        ([, from]) => from ?? '',
      ),
    );
  for (const folder of ['admin', 'guest', 'people'])
    t.same(
      [...new Set(templates(folder))].filter((from) => from !== 'pages'),
      [folder],
    );
  t.same(readdirSync(views).sort(), ['admin', 'guest', 'pages', 'parts', 'people']);
});

t.test('a part sees what it is given, and nothing of the page that shows it', async (t) => {
  const files = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.eta'),
  );
  let shown = 0;
  for (const file of files) {
    const text = readFileSync(join(views, file), 'utf8');
    shown += text.split("part('/parts/").length - 1;
    t.notMatch(text, /include\('\/parts\//, file);
  }
  t.ok(shown > 200, `${shown} places`);
});
