import { defaultCredit, maxCredit } from "@singyeong/protocol";

/** CALL, as far as it has been checked. */
export interface CallDelivery {
  readonly id: number;
  readonly method: string;
  readonly from: { readonly app: string; readonly id: string };
  /** Whether the server itself calls. */
  readonly ofServer: boolean;
  /** The stream whose other end calls back; `null` where it is none. */
  readonly via: number | null;
  /** `undefined` where there is none. */
  readonly payload: unknown;
  readonly end: boolean;
  readonly credit: number;
  readonly deadlineMs: number | null;
  readonly headers: unknown;
  readonly codec: string | null;
}

/** Reads a CALL; `null` where it is none: only negative ids are the server's to give ([ST-1]). */
export function readCall(d: Readonly<Record<string, unknown>>): CallDelivery | null {
  const { id, method, via, payload, end, credit, deadline_ms: deadlineMs, headers, codec } = d;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id >= 0 || typeof method !== "string") return null;
  const { app, client_id } = (d.from ?? {}) as { readonly app?: unknown; readonly client_id?: unknown };
  return {
    id,
    method,
    from: { app: typeof app === "string" ? app : "", id: typeof client_id === "string" ? client_id : "" },
    ofServer: d.from === null,
    via: Number.isSafeInteger(via) ? (via as number) : null,
    payload,
    end: end === true,
    credit: isCredit(credit) ? credit : defaultCredit,
    deadlineMs: typeof deadlineMs === "number" && deadlineMs >= 0 ? deadlineMs : null,
    headers,
    codec: typeof codec === "string" ? codec : null,
  };
}

function isCredit(credit: unknown): credit is number {
  return Number.isSafeInteger(credit) && (credit as number) >= 0 && (credit as number) <= maxCredit;
}
