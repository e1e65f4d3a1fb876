/** One field of many records. */
export interface Column {
  get(slot: number): number;
  set(slot: number, value: number): void;
}

/** A field that may hold any number, or whole numbers below 2^31 alone. */
export type ColumnKind = "float" | "int";

/** Rows per page: growing never copies, and making a page takes well below a millisecond. */
const pageBits = 13;
const pageRows = 2 ** pageBits;
const rowMask = pageRows - 1;

/** Where a table's rows are: page by page, the fields of a row side by side. */
interface Pages {
  readonly floats: Float64Array[];
  readonly ints: Int32Array[];
}

/** Columns over shared rows, which are there as soon as `grow` has been called for their slot. */
export interface Columns<Name extends string> {
  readonly columns: Readonly<Record<Name, Column>>;
  /** Makes sure that a row is there. Slots come one by one. */
  grow(slot: number): void;
}

/**
 * Records as numbers, without an object each. Two kinds of arrays serve all columns, so that reading a field is one shape
 * of code for the compiler, and a row's fields lie next to each other, so that it is one or two reads from memory.
 */
export function createColumns<Name extends string>(kinds: Readonly<Record<Name, ColumnKind>>): Columns<Name> {
  const pages: Pages = { floats: [], ints: [] };
  const names = Object.keys(kinds) as Name[];
  const floatNames = names.filter((name) => kinds[name] === "float");
  const intNames = names.filter((name) => kinds[name] === "int");
  const columns = {} as Record<Name, Column>;
  floatNames.forEach((name, at) => {
    columns[name] = createFloatColumn(pages.floats, floatNames.length, at);
  });
  intNames.forEach((name, at) => {
    columns[name] = createIntColumn(pages.ints, intNames.length, at);
  });
  return {
    columns,
    grow(slot) {
      if (slot >> pageBits < pages.ints.length) return;
      pages.floats.push(new Float64Array(pageRows * floatNames.length));
      pages.ints.push(new Int32Array(pageRows * intNames.length));
    },
  };
}

function createFloatColumn(pages: Float64Array[], width: number, at: number): Column {
  return {
    get: (slot) => pages[slot >> pageBits]![(slot & rowMask) * width + at]!,
    set(slot, value) {
      pages[slot >> pageBits]![(slot & rowMask) * width + at] = value;
    },
  };
}

function createIntColumn(pages: Int32Array[], width: number, at: number): Column {
  return {
    get: (slot) => pages[slot >> pageBits]![(slot & rowMask) * width + at]!,
    set(slot, value) {
      pages[slot >> pageBits]![(slot & rowMask) * width + at] = value;
    },
  };
}
