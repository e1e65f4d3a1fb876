import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Random } from "../drive/random.ts";

/** A way to damage a folder of data. It knows of pages, and nothing of what is in them. */
export interface Damage {
  readonly name: string;
  /** Whether everything that was stored is still there: a server must start from it and miss nothing. */
  readonly isHarmless: boolean;
  apply(folder: string, random: Random): void;
}

const pageBytes = 4096;

/** Every way once. */
export const damages: readonly Damage[] = [
  {
    name: "tail cut off within a page",
    isHarmless: false,
    apply: onLargest((file, bytes, random) => truncateSync(file, bytes - random.between(1, pageBytes - 1))),
  },
  {
    name: "pages cut off the tail",
    isHarmless: false,
    apply: onLargest((file, bytes, random) =>
      truncateSync(file, bytes - pageBytes * random.between(1, pagesOf(bytes) >> 1)),
    ),
  },
  {
    name: "all but the first pages cut off",
    isHarmless: false,
    apply: onLargest((file, _, random) => truncateSync(file, random.between(0, 3 * pageBytes))),
  },
  {
    name: "last page torn",
    isHarmless: false,
    apply: onLargest((file, bytes, random) => {
      const from = random.between(0, pageBytes - 512);
      overwrite(file, bytes - pageBytes + from, noise(pageBytes - from, random));
    }),
  },
  {
    name: "zeroes instead of the last pages",
    isHarmless: false,
    apply: onLargest((file, bytes, random) => {
      const length = pageBytes * Math.min(random.between(1, 8), pagesOf(bytes) - 2);
      overwrite(file, bytes - length, Buffer.alloc(length));
    }),
  },
  {
    name: "noise in some pages",
    isHarmless: false,
    apply: onLargest((file, bytes, random) => {
      for (let i = drawCount(bytes, random); i > 0; i--)
        overwrite(file, drawPage(bytes, random), noise(pageBytes, random));
    }),
  },
  {
    name: "half of a page is another one's",
    isHarmless: false,
    apply: onLargest((file, bytes, random) => {
      const from = random.pick([0, pageBytes / 2]);
      overwrite(file, drawPage(bytes, random) + from, read(file, drawPage(bytes, random) + from, pageBytes / 2));
    }),
  },
  {
    name: "some bits flipped",
    isHarmless: false,
    apply: onLargest((file, bytes, random) => {
      for (let i = drawCount(bytes, random); i > 0; i--) {
        const at = random.between(0, bytes - 1);
        const flipped = read(file, at, 1)[0]! ^ (1 << random.between(0, 7));
        overwrite(file, at, Buffer.of(flipped));
      }
    }),
  },
  {
    name: "the first page torn",
    isHarmless: false,
    apply: onLargest((file, _, random) =>
      overwrite(file, random.between(0, 1) * pageBytes + random.between(0, 160), noise(64, random)),
    ),
  },
  {
    name: "something behind the end",
    isHarmless: true,
    apply: onLargest((file, _, random) => appendFileSync(file, noise(random.between(1, 3 * pageBytes), random))),
  },
  {
    name: "a half-written backup and other strange files",
    isHarmless: true,
    apply(folder, random) {
      for (const name of ["backups/.half.unfinished/queues", "backups/half/queues", "queues/strange", "strange"]) {
        mkdirSync(join(folder, name), { recursive: true });
        writeFileSync(join(folder, name, "data.mdb"), noise(random.between(0, 3 * pageBytes), random));
      }
      writeFileSync(join(folder, "data.mdb.tmp"), noise(random.between(1, pageBytes), random));
    },
  },
];

/** Damages the largest file: where the data is. */
function onLargest(damage: (file: string, bytes: number, random: Random) => void): Damage["apply"] {
  return (folder, random) => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => ({ file: join(folder, name), stats: statSync(join(folder, name)) }))
      .filter(({ stats }) => stats.isFile());
    const { file, stats } = files.reduce((a, b) => (b.stats.size > a.stats.size ? b : a));
    if (stats.size < 4 * pageBytes) throw new Error(`${file} has ${stats.size} bytes, too few to damage`);
    damage(file, stats.size, random);
  };
}

const pagesOf = (bytes: number): number => Math.floor(bytes / pageBytes);

/** How many pages to damage: a few, or so many that some of those in use are among them. */
function drawCount(bytes: number, random: Random): number {
  return random.between(1, random.chance(0.5) ? 4 : Math.max(4, pagesOf(bytes) >> 4));
}

/** Where a page begins. */
function drawPage(bytes: number, random: Random): number {
  return pageBytes * random.between(0, pagesOf(bytes) - 1);
}

function noise(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random.between(0, 255)));
}

function read(file: string, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const opened = openSync(file, "r");
  readSync(opened, bytes, 0, length, at);
  closeSync(opened);
  return bytes;
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const opened = openSync(file, "r+");
  writeSync(opened, bytes, 0, bytes.length, at);
  closeSync(opened);
}
