import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { Catalogue, type GuestEntry } from '../../src/machine/guest';

/** Writes `index.json` anew, atomically, whenever a guest's state changes. */
export class CatalogueFile {
  private readonly entries = new Map<string, GuestEntry>();
  private complete = false;

  /** `folder`: public/guests. The guests stand in the order of `waiting`. */
  constructor(
    private readonly folder: string,
    waiting: readonly { id: string; title: string; summary: string }[],
  ) {
    mkdirSync(join(folder, 'files'), { recursive: true });
    for (const { id, title, summary } of waiting) {
      this.entries.set(id, { state: 'waiting', id, title, summary });
    }
    this.write();
  }

  set(id: string, entry: GuestEntry): void {
    this.entries.set(id, entry);
    this.write();
  }

  get(id: string): GuestEntry | undefined {
    return this.entries.get(id);
  }

  /** Nothing more will come: files that no guest names are removed. */
  finish(): void {
    this.complete = true;
    this.write();
    const used = new Set<string>();
    for (const entry of this.entries.values()) {
      if (entry.state !== 'ready') return; // keep what a repaired guest may use again
      for (const image of entry.guest.images) used.add(image.url);
      if (entry.guest.snapshot !== undefined) used.add(entry.guest.snapshot.url);
    }
    for (const file of readdirSync(join(this.folder, 'files'))) {
      if (!used.has(`files/${file}`)) rmSync(join(this.folder, 'files', file));
    }
  }

  private write(): void {
    const catalogue = { complete: this.complete, guests: [...this.entries.values()] };
    const text = `${JSON.stringify(v.parse(Catalogue, catalogue), null, 2)}\n`;
    const path = join(this.folder, 'index.json');
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
}
