/** A client that serves requests over its connection, played by the test, and what becomes of requests to it. */
import { type Codec, isFault, type Raw } from "@singyeong/protocol/codec";
import type { AnswerHandlers, Sending, TargetFailure, TargetRequest } from "../../ports/dialer.ts";
import type { HeaderList } from "../../ports/listener.ts";
import { createStage, limits } from "../../stream/streams.kit.ts";
import type { StreamLimits } from "../../stream/streams.ts";
import { createTestClient, createTestMetrics } from "../../testing/fixtures.ts";
import { createHttpServers } from "./http-servers.ts";
import { createServedClients } from "./served-clients.ts";

/** A frame that the client got. */
export interface ClientFrame {
  readonly t: string;
  readonly d: Readonly<Record<string, unknown>>;
}

/** What became of a request. */
export interface Outcome extends Sending {
  readonly told: readonly string[];
  readonly head: { readonly status: number; readonly headers: HeaderList } | null;
  readonly body: Buffer;
  readonly failure: TargetFailure | null;
}

export function serveOver(codec: Codec, given: StreamLimits = { ...limits, maxStreamBytes: 2 ** 18 }) {
  const stage = createStage(given);
  const peer = createTestClient({ id: "api", application: "api", caps: ["stream", "http"] }, codec);
  const { client, outbox } = peer;
  stage.registry.join(client);
  const servers = createHttpServers(createTestMetrics());
  servers.set(client, true);
  const { maxStreamBytes } = given;
  const served = createServedClients({ servers, streams: stage.streams, clock: stage.clock, maxStreamBytes });

  return {
    ...stage,
    client,
    outbox,
    servers,
    served,
    request(options: Partial<TargetRequest> = {}): Outcome {
      const request = { method: "GET", path: "/", headers: [["host", "api"]] as const, body: null, length: null };
      const told: string[] = [];
      const chunks: Uint8Array[] = [];
      let head: Outcome["head"] = null;
      let failure: TargetFailure | null = null;
      const handlers: AnswerHandlers = {
        head(status, headers) {
          told.push("head");
          head = { status, headers };
        },
        data(chunk) {
          told.push("data");
          chunks.push(chunk);
        },
        end: () => void told.push("end"),
        failed(given) {
          told.push("failed");
          failure = given;
        },
      };
      const sending = served.find(client)!.send({ ...request, ...options }, handlers);
      return {
        ...sending,
        told,
        get head() {
          return head;
        },
        get body() {
          return Buffer.concat(chunks);
        },
        get failure() {
          return failure;
        },
      };
    },
    /** Frames that came to the client since this was asked last. */
    read(): ClientFrame[] {
      return outbox.frames.splice(0).map((frame) => {
        const bytes = typeof frame === "string" ? Buffer.from(frame) : frame;
        const read = codec.readFrame(bytes, { maxDepth: 20 });
        if (isFault(read)) throw new Error(read.message);
        return { t: read.t!, d: codec.decode(read.d!) as ClientFrame["d"] };
      });
    },
    /** The client answers; what is undefined is no payload. */
    answer(payload: unknown, end = false, id = -1): void {
      const raw: Raw | undefined = payload === undefined ? undefined : codec.encode(payload as never);
      const size = (raw?.length ?? 0) + 40;
      stage.streams.send(client, id, { codec, payload: raw, headers: undefined, end }, size);
    },
    credit: (n: number, id = -1) => stage.streams.credit(client, id, n),
    abortion(code: string, delivered = true, id = -1): void {
      const said = { code: codec.encode(code), message: codec.encode("because"), data: undefined, delivered };
      stage.streams.abort(client, id, { codec, ...said });
    },
  };
}

/** Bytes of a payload as the client got it. */
export function bytesOf(payload: unknown): Buffer {
  // Bytes that are UTF-8 come as text in ETF.
  if (payload instanceof Uint8Array || typeof payload === "string") return Buffer.from(payload as Uint8Array);
  const { $base64 } = payload as { $base64: string };
  return Buffer.from($base64, "base64");
}
