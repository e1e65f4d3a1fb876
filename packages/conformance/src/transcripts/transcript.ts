import { readFileSync } from "node:fs";

/** A frame in a transcript; one that was captured as bytes is base64. */
export type Message = { readonly op: number; readonly d?: unknown; readonly t?: string | null } | string;

/** What was seen, one thing after the other, as `vectors/wire-v1.json` writes it. */
export type Step =
  | { readonly who: string; readonly dir: "<"; readonly msg: Message; readonly frame?: "binary" }
  | { readonly who: string; readonly dir: ">"; readonly msg: Message }
  | { readonly who: string; readonly dir: ">"; readonly raw: string; readonly kind?: "text" }
  | { readonly who: string; readonly dir: "close"; readonly code: number; readonly reason: string }
  | { readonly who: string; readonly http_status: number }
  | HttpStep
  | { readonly note: string; readonly who?: string }
  | { readonly error: string; readonly who?: string };

export interface HttpStep {
  readonly who: "http";
  readonly request: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly content_type?: string;
  readonly response: unknown;
}

/** The captured transcripts by name. */
export const transcripts: Readonly<Record<string, readonly Step[]>> = JSON.parse(
  readFileSync(new URL("../../vectors/wire-v1.json", import.meta.url), "utf8"),
);

// Steps written out, for amendments.
export const gets = (who: string, msg: Message): Step => ({ who, dir: "<", msg });
export const leaves = (who: string): Step => ({ who, dir: "close", code: 1005, reason: "" });
export const isClosed = (who: string): Step => ({ who, dir: "close", code: 1000, reason: "" });
/** Waits until the server has handled what every client has sent, and proves that nothing else is under way to them. */
export const settles = (note: string): Step => ({ note });

/** An answer of op 3 or 8; what the general rules fill in is left out. */
export const fails = (who: string, op: 3 | 8, code: string, error: string, extraInfo: unknown = null): Step =>
  gets(who, { op, t: null, d: { error, code, extra_info: extraInfo } });

export const delivered = (who: string, t: string, nonce: unknown, payload: unknown): Step =>
  gets(who, { op: 4, t, d: { nonce, payload, target: null } });
