import { guardStall, type Route } from "./route.ts";

export interface LatencyOptions {
  /** Messages to send, one by one. A multiple of the number of queries keeps the next measurement aligned. */
  readonly messages: number;
  readonly perSecond: number;
}

/**
 * Sends messages at an even, moderate pace over the first sender and measures how long each takes to its receiver;
 * resolves with microseconds, ascending. Departures and arrivals are matched by their order per receiver. The pace
 * is kept by turning the event loop without rest, since timers are too coarse.
 */
export function measureLatency(route: Route, { messages, perSecond }: LatencyOptions): Promise<Float64Array> {
  const { receivers, traffic } = route;
  const { singles } = traffic;
  const sender = route.senders[0]!;
  const departures: number[][] = receivers.map(() => []);
  const taken = receivers.map(() => 0);
  const samples = new Float64Array(messages);
  return new Promise((resolve, reject) => {
    let sent = 0;
    let arrived = 0;
    const guard = guardStall(route, () => `${arrived} of ${messages} paced`, reject);
    const started = performance.now();

    function pace(): void {
      const due = Math.min(messages, Math.ceil(((performance.now() - started) * perSecond) / 1000));
      for (; sent < due; sent++) {
        departures[sent % receivers.length]!.push(performance.now());
        sender.socket.write(singles[sent % singles.length]!);
      }
      if (sent < messages) setImmediate(pace);
    }

    function arrive(place: number, count: number): void {
      const now = performance.now();
      for (let i = 0; i < count; i++) {
        const departure = departures[place]![taken[place]!++];
        if (departure === undefined) return reject(new Error(`receiver ${place} got what was sent to another`));
        samples[arrived++] = (now - departure) * 1000;
      }
      if (arrived < messages) return;
      guard.done();
      resolve(samples.sort());
    }

    receivers.forEach((receiver, place) => {
      receiver.onFrames = (count) => arrive(place, count);
    });
    pace();
  });
}
