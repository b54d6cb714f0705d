import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Links } from './links.js';

test('a link is there again after reopening', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'links-'));
  const links = await Links.open(folder);
  const code = await links.add('https://example.org/');
  await links.visit(code);

  const again = await Links.open(folder);

  assert.deepEqual(again.get(code), { code, url: 'https://example.org/', visits: 1 });
});
