/** A client that serves requests over its connection to a server that the test plays. */
import { type ClientStage, type SentFrame, settle, stageClient } from "../create-client.kit.ts";
import type { ConnectOptions } from "../options/options.ts";
import type { HttpHandler, HttpService, ServeHttpOptions } from "./serve-http.ts";

/** What a server of requests grants. */
export const caps = ["receipt", "stream", "http"];

export interface ServeStage extends ClientStage {
  /** Errors that statuses told of, as their codes and messages. */
  readonly reports: readonly string[];
  /** Serves, and has the server say that it does. */
  serve(handler: HttpHandler, options?: ServeHttpOptions): Promise<HttpService>;
  /** Answers every SERVE_HTTP that has got no answer. */
  grant(): Promise<void>;
  /** Whether each SERVE_HTTP on the connection that stands began or ended it. */
  said(): readonly unknown[];
  /** A request comes by the stream of this number; resolves when the client has had its turn. */
  request(id: number, head?: object, more?: object): Promise<void>;
  /** A part of its body; `undefined` is none. */
  part(id: number, text: string | undefined, end?: boolean): Promise<void>;
  /** What the client said of a stream on the connection that stands, credit left out: payloads, `end`, or the code of an abort. */
  answers(id: number): readonly unknown[];
}

/** `session` is that by which the client may resume; without, it may not. */
export function stageServing(given?: ConnectOptions<never>, session?: string): ServeStage {
  const base = stageClient(given);
  base.start();
  base.admit(caps, {}, { session });
  const reports: string[] = [];
  const granted = new Set<SentFrame>();
  base.client.on("error", ({ error }) => void reports.push(`${error.code}: ${error.message}`));

  const stage: ServeStage = Object.assign(Object.create(base) as ClientStage, {
    reports,
    comeBack() {
      base.platform.step(10_000);
      base.admit(caps);
    },
    resume(received: number) {
      base.platform.step(1000);
      base.admit(caps, {}, { session, resumed: true, received });
    },
    async serve(handler: HttpHandler, options?: ServeHttpOptions) {
      const service = base.client.serveHttp(handler, options);
      await settle();
      await stage.grant();
      return service;
    },
    async grant() {
      for (const frame of base.socket.of("SERVE_HTTP")) {
        if (granted.has(frame)) continue;
        granted.add(frame);
        base.dispatch("SERVING_HTTP", { serve: frame.d.serve, nonce: frame.nonce });
      }
      await settle();
    },
    said: () => base.socket.of("SERVE_HTTP").map(({ d }) => d.serve),
    async request(id: number, head: object = {}, more: object = {}) {
      const payload = { method: "GET", path: "/", headers: [["host", "api.test"]], ...head };
      base.dispatch("CALL", { id, method: "http", from: null, end: true, credit: 16, payload, ...more });
      await settle();
    },
    async part(id: number, text: string | undefined, end = false) {
      const payload = text === undefined ? undefined : { $base64: btoa(text) };
      base.dispatch("DATA", { id, payload, ...(end && { end }) });
      await settle();
    },
    answers: (id: number) =>
      base.socket.sent
        .filter(({ t, d }) => (t === "DATA" || t === "ABORT") && d.id === id)
        .flatMap(({ t, d }) => (t === "ABORT" ? [d.code] : [...read(d.payload), ...(d.end === true ? ["end"] : [])])),
  });
  return stage;
}

function read(payload: unknown): readonly unknown[] {
  if (payload === undefined) return [];
  const { $base64: text } = payload as { readonly $base64?: string };
  return [text === undefined ? payload : atob(text)];
}
