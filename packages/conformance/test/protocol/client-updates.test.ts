import { expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { identifiedClient } from "../../src/identified.ts";

const update = (t: string, client: { application: string; id: string }) => ({
  op: 4,
  t,
  d: { nonce: null, payload: { app: client.application, client_id: client.id }, target: null },
});

// A server of its own: whoever else comes and goes would be told about as well.
eachListener("client updates", [], (server) => {
  test.each(encodings)("in %s a client that asked is told who comes and goes, itself first", async (encoding) => {
    await using watcher = await identifiedClient(server(), { encoding, identify: { receive_client_updates: true } });
    expect(await watcher.next()).toMatchObject(update("CLIENT_CONNECTED", watcher));
    const closing = await identifiedClient(server());
    expect(await watcher.next()).toMatchObject(update("CLIENT_CONNECTED", closing));
    await closing.close();
    expect(await watcher.next()).toMatchObject(update("CLIENT_DISCONNECTED", closing));
    const cut = await identifiedClient(server());
    expect(await watcher.next()).toMatchObject(update("CLIENT_CONNECTED", cut));
    cut.socket.terminate();
    expect(await watcher.next()).toMatchObject(update("CLIENT_DISCONNECTED", cut));
    const failing = await identifiedClient(server());
    expect(await watcher.next()).toMatchObject(update("CLIENT_CONNECTED", failing));
    failing.send({ op: 99 });
    expect(await watcher.next()).toMatchObject(update("CLIENT_DISCONNECTED", failing));
    await failing.closed;
    await watcher.settle();
    await watcher.close();
  });

  test("a client that did not ask is not told", async () => {
    await using quiet = await identifiedClient(server());
    await using refusing = await identifiedClient(server(), { identify: { receive_client_updates: false } });
    const other = await identifiedClient(server());
    await other.close();
    await quiet.settle();
    await refusing.settle();
  });
});
