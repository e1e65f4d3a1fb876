import { connect } from "@nats-io/transport-node";
import type { Party } from "./party.ts";

const subject = "bench.echo";

/** Without the stack that its client otherwise keeps of each request. */
const options = { noAsyncTraces: true };

/** Request and reply of NATS, values as JSON, as its documentation writes it. */
export const nats: Party = {
  async openCallee(port) {
    const connection = await connect({ ...options, port });
    connection.subscribe(subject, {
      callback(error, message) {
        if (error !== null) throw error;
        message.respond(JSON.stringify(message.json()));
      },
    });
    await connection.flush();
  },
  async openCaller(port) {
    const connection = await connect({ ...options, port });
    return {
      echo: async (payload) => (await connection.request(subject, JSON.stringify(payload))).json(),
      upload: null,
    };
  },
};
