import { BackupRequest } from "@singyeong/protocol/schema";
import type { Clock } from "../ports/clock.ts";
import type { QueueAdmin } from "../queue/queues.ts";
import { noting } from "./audited.ts";
import type { BodyLimits } from "./body.ts";
import { createBodyShape } from "./body-shape.ts";
import { guardStore } from "./queue-path.ts";
import { json, type Route } from "./route.ts";

const request = createBodyShape(BackupRequest, {
  name: 'at most 128 letters, digits, ".", "_" and "-", a letter or digit first',
});

/** `POST /api/v1/backup`: copies what is stored, while it is in use. */
export function backupRoute(admin: QueueAdmin, clock: Clock, limits: BodyLimits): Route {
  return {
    method: "POST",
    path: "/api/v1/backup",
    open: false,
    admin: true,
    async answer(exchange) {
      const body = await request.read(exchange, limits);
      if (!body.ok) return body.response;
      const name = body.value.name ?? nameTime(clock.now());
      return guardStore(async () => {
        const { path, bytes } = await admin.backup(name);
        return noting(json(200, { path, bytes }), { name, bytes });
      });
    },
  };
}

const calendar = new Intl.DateTimeFormat("en", {
  timeZone: "UTC",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** A moment as a file name, such as `2026-11-21T10-15-00.000Z`: names sort as their times do. */
function nameTime(ms: number): string {
  const part = Object.fromEntries(calendar.formatToParts(ms).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}-${part.minute}-${part.second}.${part.fractionalSecond}Z`;
}
