import { ensureNginx, findNginx } from "../../../services/nginx.mjs";
import type { Bench } from "../bench.ts";
import { openConnection } from "../load/connection.ts";
import { type HttpReport, type HttpRoute, openHttpRoute } from "../load/http-route.ts";
import { introduceTarget } from "../load/population.ts";
import { createCpuRow, type TimedRound } from "../measure/cpu-row.ts";
import { measureRound } from "../measure/flow.ts";
import { interleave } from "../measure/rounds.ts";
import { type Subject, startControl, startNginx, startServer, withSubjects } from "../measure/subject.ts";
import type { Row, Target } from "../report/row.ts";

interface Scale {
  readonly rounds: number;
  readonly requests: number;
}

const full: Scale = { rounds: 9, requests: 20_000 };
const quick: Scale = { rounds: 2, requests: 200 };

/** What is asked for, and over how many connections at once. */
const cases = [
  { name: "1 KiB, 1 connection", bytes: 1024, connections: 1, share: 0.25 },
  { name: "1 KiB, 64 connections", bytes: 1024, connections: 64, share: 1 },
  { name: "64 KiB, 64 connections", bytes: 65_536, connections: 64, share: 0.5 },
] as const;

const target: Target = { bound: "at most", value: 1.2 };
const application = "api";

/** GET through the direct form of the proxy, against other reverse proxies before the same target. */
export const proxy: Bench = {
  name: "proxy",
  summary: "CPU per proxied request, and its p99, against a bare node:http and undici proxy, and nginx",
  async run(options) {
    const scale = options.quick ? quick : full;
    // A smoke run fetches nothing.
    const nginxPath = options.quick ? findNginx() : ensureNginx();
    return withSubjects([startControl("target")], ([upstream]) => {
      const bare = startControl("proxy", String(upstream.port));
      const nginx = nginxPath === null ? null : startNginx(nginxPath, upstream.port);
      const starting = nginx === null ? [startServer(options), bare] : [startServer(options), bare, nginx];
      return withSubjects(starting, async (subjects) => {
        const [server, bare, nginx] = subjects as [Subject, Subject, Subject | undefined];
        const member = await openConnection(server.port, introduceTarget(application, `127.0.0.1:${upstream.port}`));
        const rows: Row[] = [];
        for (const each of cases) rows.push(...(await measureCase(server, bare, nginx, each, scale)));
        member.socket.resetAndDestroy();
        return rows;
      });
    });
  },
};

type Case = (typeof cases)[number];

async function measureCase(
  server: Subject,
  bare: Subject,
  nginx: Subject | undefined,
  { name, bytes, connections, share }: Case,
  scale: Scale,
): Promise<Row[]> {
  const requests = Math.max(connections, scale.requests * share);
  const routes: HttpRoute[] = [];
  const lanes: Record<string, () => Promise<TimedRound>> = {};
  const add = async (lane: string, subject: Subject, path: string): Promise<void> => {
    const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\nuser-agent: bench\r\n\r\n`;
    const route = await openHttpRoute(subject.port, request, connections);
    routes.push(route);
    lanes[lane] = () => measureRequests(subject, route, requests);
  };
  await add("server", server, `/api/v1/proxy/${application}/${bytes}`);
  await add("bare", bare, `/${bytes}`);
  if (nginx !== undefined) await add("nginx", nginx, `/${bytes}`);
  await interleave(2, lanes);
  const measured = await interleave(scale.rounds, lanes);
  for (const route of routes) route.close();
  const rows = [createCpuRow(`${name} : node:http and undici`, "request", measured.server!, measured.bare!, target)];
  if (measured.nginx !== undefined)
    rows.push(createCpuRow(`${name} : nginx`, "request", measured.server!, measured.nginx, null));
  return rows;
}

async function measureRequests(subject: Subject, route: HttpRoute, requests: number): Promise<TimedRound> {
  let report: HttpReport | null = null;
  const flow = await measureRound(subject, requests, async () => {
    report = await route.run(requests);
    return report.seconds;
  });
  return { ...flow, samples: report!.samples };
}
