import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';

/** The links of one folder. Small enough to live in memory; every change is on the disk before it is acknowledged. */
export class Links {
  #file;
  #links;
  #writing = Promise.resolve();

  constructor(file, links) {
    this.#file = file;
    this.#links = links;
  }

  static async open(folder) {
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'links.json');
    try {
      return new Links(file, new Map(JSON.parse(await readFile(file, 'utf8')).map(link => [link.code, link])));
    } catch (error) {
      if (error.code !== 'ENOENT') {
        throw error;
      }
      return new Links(file, new Map());
    }
  }

  get count() {
    return this.#links.size;
  }

  get(code) {
    return this.#links.get(code);
  }

  async add(url) {
    let code;
    do {
      code = [...randomBytes(6)].map(byte => alphabet[byte % alphabet.length]).join('');
    } while (this.#links.has(code));
    this.#links.set(code, { code, url, visits: 0 });
    await this.#save();
    return code;
  }

  async visit(code) {
    this.#links.get(code).visits++;
    await this.#save();
  }

  /** One write after another; a crash leaves the old file or the new one, never a piece of either. */
  #save() {
    const save = async () => {
      const temporary = `${this.#file}.new`;
      const handle = await open(temporary, 'w');
      try {
        await handle.writeFile(JSON.stringify([...this.#links.values()]));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#file);
    };
    this.#writing = this.#writing.then(save, save);
    return this.#writing;
  }
}
