import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect as connectTcp, isIP } from "node:net";
import { type Address, isLoopback } from "../connection/address.ts";
import { explainUnreachable } from "../connection/explain-unreachable.ts";
import { toFailure } from "../describe-error.ts";
import { formatDuration } from "../options/duration.ts";
import { escapeText } from "../output/escape.ts";
import type { Session } from "../session.ts";
import { version } from "../version.ts";
import { type Check, fail, ok, warn } from "./check.ts";
import { explainNoConnection } from "./explain-no-connection.ts";
import { createPasswordCheck } from "./password-check.ts";

/** Steps from the name of the server to its HTTP side. */
export function createNetworkChecks(session: Session, { host, port, tls }: Address): readonly Check[] {
  const { timeout } = session.global;
  const base = `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return [
    {
      name: "name",
      essential: true,
      async run() {
        if (isIP(host) !== 0) return ok(`${host} is an address`);
        try {
          const found = await lookup(host, { all: true });
          return ok(`${host} is ${found.map(({ address }) => address).join(", ")}`);
        } catch (error) {
          const { code = "" } = error as NodeJS.ErrnoException;
          return fail(
            "unreachable",
            `${host} has no address (${code})`,
            "Is the name spelled right? Does this machine reach its DNS?",
          );
        }
      },
    },
    {
      name: "port",
      essential: true,
      async run() {
        const startedMs = performance.now();
        const socket = connectTcp({ host, port });
        try {
          await once(socket, "connect", { signal: AbortSignal.timeout(timeout) });
          return ok(`${port} takes connections, in ${formatDuration(performance.now() - startedMs)}`);
        } catch (error) {
          return explainNoConnection(port, error);
        } finally {
          socket.destroy();
        }
      },
    },
    {
      name: "http",
      essential: true,
      async run() {
        try {
          const http = await session.http();
          const answer = await http.version({ timeoutMs: timeout });
          const shown = `singyeong ${escapeText(answer.singyeong)}, protocol ${escapeText(answer.api)}`;
          if (answer.api !== "v1")
            return fail("failed", shown, "sg speaks protocol v1: use an sg of the server's version.");
          return compareVersions(answer.singyeong)
            ? ok(shown)
            : warn(`${shown}; sg is ${version}`, "They are released together: bring the older one up to date.");
        } catch (error) {
          const { message, details, advice } = toFailure(error);
          const other = tls
            ? "What listens there is no singyeong server, or speaks no TLS: try without it."
            : "What listens there is no singyeong server, or speaks TLS: try ssingyeong:// or https://.";
          return fail("unreachable", escapeText(message), explainUnreachable(details) === null ? other : advice);
        }
      },
    },
    {
      name: "ready",
      async run() {
        const response = await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(timeout) }).catch(() => null);
        if (response?.ok === true) return ok("takes traffic");
        if (response?.status === 503)
          return fail("unreachable", "the server is stopping", "Wait until it, or another one, is up.");
        return warn(response === null ? "no answer" : `unexpected status ${response.status}`, `Look at ${base}/readyz`);
      },
    },
    createPasswordCheck({
      base,
      isLocal: isLoopback(host),
      timeoutMs: timeout,
      connection: () => session.connection(),
    }),
  ];
}

/** Whether two versions belong together: the same up to the minor one. */
function compareVersions(server: string): boolean {
  const [theirs, own] = [server, version].map((text) => text.split(".").slice(0, 2).join("."));
  return theirs === own;
}
