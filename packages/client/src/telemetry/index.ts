export { createTelemetry, type OpenTelemetry, type TelemetryOptions } from "./telemetry.ts";
