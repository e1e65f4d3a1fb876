import type { WireCodec } from "../codec/wire-codec.ts";
import type { Application } from "../contract/application.ts";
import type { Contract } from "../contract/contract.ts";
import type { SingyeongError } from "../errors.ts";
import type { WireMetadata } from "../metadata/types.ts";
import type { Platform } from "../platform/platform.ts";
import type { Session } from "../session/session.ts";
import type { StatusHub } from "../status/status-hub.ts";
import type { Routes } from "./dispatcher.ts";
import type { Exchange, OutboxBounds } from "./exchange.ts";
import type { Inbox } from "./inbox.ts";
import type { Messenger } from "./messenger.ts";
import type { ReplyAddress } from "./reply-address.ts";

/** What a part of the client that is loaded late has of the rest. */
export interface Core {
  readonly platform: Platform;
  readonly options: { readonly outbox: OutboxBounds; readonly caps: readonly string[] };
  readonly codec: WireCodec;
  /**
   * What was had on a connection (leases, streams, subscriptions) is kept by `session.lasting`, which outlives the sockets that it goes
   * over: by `onDown` it is ours no longer, by `onLost` nothing of it comes any more. What is sent for its sake alone says so by `only`
   * (`messenger.post`), so that it never goes out on another connection.
   */
  readonly session: Pick<Session, "link" | "lasting" | "admission" | "onDown" | "onLost" | "stop">;
  readonly exchange: Exchange;
  readonly messenger: Pick<Messenger, "send" | "post" | "nextNonce">;
  readonly inbox: Pick<Inbox, "attend" | "finished" | "close">;
  readonly hub: Pick<StatusHub, "on" | "report" | "dropped" | "publish">;
  readonly routes: Routes;
  /** Where answers find this client. */
  readonly address: ReplyAddress;
  readonly register: { change(changes: WireMetadata, done: (error: SingyeongError | null) => void): unknown };
  /** What this client's application declared; `null` where it declared nothing. */
  readonly declared: Application<Contract> | null;
  /** Why nothing new may be sent; `null` while it may, and for what was `begun` before a drain as long as that lasts. */
  refusal(begun?: boolean): SingyeongError | null;
}
