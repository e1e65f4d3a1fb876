import { pino } from "pino";
import type { Logger } from "../../ports/logger.ts";

/** Logs as JSON lines to standard error, written before the call returns: nothing is lost when the process ends. */
export function createPinoLogger(level: string): Logger {
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
}
