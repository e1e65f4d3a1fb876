import type { Spelling } from "./splice.ts";

/** Numbers in the form that each encoding gives them; `null` where msgpack has none and gets text instead. */
export const numbers = {
  "2^53+1": { json: "9007199254740993", msgpack: "cf 0020000000000001", etf: "6e 07 00 01000000000020" },
  "-(2^53+1)": { json: "-9007199254740993", msgpack: "d3 ffdfffffffffffff", etf: "6e 07 01 01000000000020" },
  "2^63-1": { json: "9223372036854775807", msgpack: "cf 7fffffffffffffff", etf: "6e 08 00 ffffffffffffff7f" },
  "-2^63": { json: "-9223372036854775808", msgpack: "d3 8000000000000000", etf: "6e 08 01 0000000000000080" },
  "2^63-2": { json: "9223372036854775806", msgpack: "cf 7ffffffffffffffe", etf: "6e 08 00 feffffffffffff7f" },
  "1-2^63": { json: "-9223372036854775807", msgpack: "d3 8000000000000001", etf: "6e 08 01 ffffffffffffff7f" },
  "2^64-1": { json: "18446744073709551615", msgpack: "cf ffffffffffffffff", etf: "6e 08 00 ffffffffffffffff" },
  "10^30": {
    json: `1${"0".repeat(30)}`,
    msgpack: `bf ${Buffer.from(`1${"0".repeat(30)}`).toString("hex")}`,
    etf: "6e 0d 00 00000040eaed7446d09c2c9f0c",
    sendsMsgpack: false,
  },
  "50.0": { json: "50.0", msgpack: "cb 4049000000000000", etf: "46 4049000000000000" },
  "-0.1": { json: "-0.1", msgpack: "cb bfb999999999999a", etf: "46 bfb999999999999a" },
  "0": { json: "0", msgpack: "00", etf: "61 00" },
  "-1": { json: "-1", msgpack: "ff", etf: "62 ffffffff" },
  "2^53-1": { json: "9007199254740991", msgpack: "cf 001fffffffffffff", etf: "6e 07 00 ffffffffffff1f" },
  "2^53": { json: "9007199254740992", msgpack: "cf 0020000000000000", etf: "6e 07 00 00000000000020" },
  "2^32": { json: "4294967296", msgpack: "cf 0000000100000000", etf: "6e 05 00 0000000001" },
} as const satisfies Readonly<Record<string, Spelling & { readonly sendsMsgpack?: false }>>;
