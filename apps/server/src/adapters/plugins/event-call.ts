import type { Value } from "@singyeong/protocol";
import type { HookClient } from "../../ports/hooks.ts";
import { Deadline } from "./deadline.ts";

/** What a hook is given of an event. A class as its deadline is, for the same reason. */
export class EventCall extends Deadline {
  readonly direction: "in" | "out" | "own";
  readonly event: string;
  readonly d: Value;
  readonly client: HookClient;

  constructor(direction: EventCall["direction"], event: string, d: Value, client: HookClient) {
    super();
    this.direction = direction;
    this.event = event;
    this.d = d;
    this.client = client;
  }
}
