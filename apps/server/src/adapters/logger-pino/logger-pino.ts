import { pino } from "pino";
import type { Logger } from "../../ports/logger.ts";

/** Fields that may hold a secret, wherever a log puts them as far as two levels down. */
const secretFields = [
  "auth",
  "authorization",
  "cookie",
  "jwt",
  "password",
  "passwords",
  "proxy-authorization",
  "secret",
  "set-cookie",
  "token",
  "x-singyeong-authorization",
];
const paths = ["", "*.", "*.*."].flatMap((above) => secretFields.map((field) => `${above}${quote(field)}`));

/** A field in a path of pino: names that are no identifiers stand in brackets. */
function quote(field: string): string {
  return field.includes("-") ? `["${field}"]` : field;
}

/** Where lines go; standard error is 2. */
export interface PinoOptions {
  /** @default standard error, written before the call returns: nothing is lost when the process ends */
  readonly destination?: { write(line: string): void };
}

/** Logs as JSON lines. What stands in a field that is named like a secret is not shown. */
export function createPinoLogger(level: string, { destination }: PinoOptions = {}): Logger {
  const redact = { paths: paths.map((path) => path.replace(".[", "[")), censor: "[hidden]" };
  return pino({ level, base: null, redact }, destination ?? pino.destination({ dest: 2, sync: true }));
}
