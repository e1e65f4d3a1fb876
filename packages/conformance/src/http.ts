import type { Reachable } from "./start-server.ts";

/** An HTTP answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly json: any;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** Makes one request; redirects are not followed. */
export async function ask(server: Reachable, method: string, path: string, options: Ask = {}): Promise<Answer> {
  const { body } = options;
  const response = await fetch(`${server.httpUrl}${path}`, {
    method,
    redirect: "manual",
    headers: { "content-type": "application/json", ...options.headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}
