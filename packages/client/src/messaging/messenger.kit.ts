/** A messenger, with a connection whose other end is the test. */
import type { WireCodec } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";
import { type ExchangeStage, stageExchange } from "./exchange.kit.ts";
import { createMessenger, type Messenger } from "./messenger.ts";

interface SentFrame {
  readonly op: number;
  readonly t: string;
  readonly d: Readonly<Record<string, unknown>>;
  readonly nonce?: string;
}

/** A messenger whose server is the test. */
export interface MessengerStage extends ExchangeStage {
  readonly messenger: Messenger;
  /** Frames that were written to the connection that stands. */
  frames(): SentFrame[];
}

/** Frames as JSON; what holds a function cannot be sent. */
const codec: WireCodec = {
  encoding: "json",
  encode: (frame) =>
    JSON.stringify(frame, (_, value) => {
      if (typeof value === "function") throw new SingyeongError("client/invalid-value", "a function");
      return value;
    }),
  decode: () => null,
};

export function stageMessenger(caps?: readonly string[]): MessengerStage {
  const exchangeStage = stageExchange();
  exchangeStage.connect(caps);
  const messenger = createMessenger(exchangeStage.platform, codec, exchangeStage.exchange);
  return Object.defineProperties(exchangeStage as MessengerStage, {
    messenger: { value: messenger },
    frames: { value: () => exchangeStage.link!.written.map((data) => JSON.parse(data as string)) },
  });
}
