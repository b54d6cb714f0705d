// Turns every pages/*.md into dist/*.html. A page's title is its first heading; the navigation is the list of pages.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { marked } from 'marked';

const layout = await readFile('layout.html', 'utf8');
const names = (await readdir('pages')).filter(name => name.endsWith('.md')).sort();
const pages = await Promise.all(names.map(async name => {
  const text = await readFile(`pages/${name}`, 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1];
  if (title === undefined) {
    throw new Error(`pages/${name} has no heading: its first line should be "# Title"`);
  }
  return { title, file: name.replace(/\.md$/, '.html'), body: marked.parse(text) };
}));

const fill = (values) => layout.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
const navigation = (current) => pages
  .map(page => `<a href="${page.file}"${page === current ? ' aria-current="page"' : ''}>${page.title}</a>`)
  .join('\n    ');

await rm('dist', { recursive: true, force: true });
await mkdir('dist');
await copyFile('style.css', 'dist/style.css');
for (const page of pages) {
  await writeFile(`dist/${page.file}`, fill({ title: page.title, navigation: navigation(page), body: page.body }));
}
console.log(`${pages.length} pages in dist/`);
