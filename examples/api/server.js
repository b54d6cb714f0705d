import express from 'express';
import { Links } from './links.js';

const port = Number(process.env.PORT ?? 8080);
const links = await Links.open(process.env.NUA_DATA_DIR ?? 'data');
const app = express();

app.disable('x-powered-by');
app.use(express.json({ limit: '16kb' }));

app.get('/health', (request, response) => response.json({ status: 'ok' }));

app.get('/', (request, response) => response.json({ links: links.count, usage: 'POST /links {"url": "https://…"}' }));

app.post('/links', async (request, response) => {
  const url = URL.parse(String(request.body?.url ?? ''));
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    response.status(400).json({ error: 'url must be an http or https address' });
    return;
  }

  const code = await links.add(url.href);
  response.status(201).json({ code, url: url.href });
});

app.get('/links/:code', (request, response) => {
  const link = links.get(request.params.code);
  response.status(link ? 200 : 404).json(link ?? { error: 'no such link' });
});

app.get('/:code', async (request, response) => {
  const link = links.get(request.params.code);
  if (!link) {
    response.status(404).json({ error: 'no such link' });
    return;
  }

  await links.visit(link.code);
  response.redirect(302, link.url);
});

app.use((error, request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }

  const status = error.status ?? 500;
  if (status >= 500) {
    console.error(error);
  }
  response.status(status).json({ error: status < 500 ? error.message : 'internal error' });
});

const server = app.listen(port, () => console.log(`api: ${links.count} links, listening on port ${port}`));

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close(() => console.log('api: stopped'));
    server.closeIdleConnections();
  });
}
