import { readBytes } from "../call/payload-bytes.ts";

/** The messages of a call behind its head as a stream of bytes, of which nothing is asked for before somebody reads. */
export function streamBody(messages: AsyncIterableIterator<unknown, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await messages.next();
        if (done) return controller.close();
        const bytes = readBytes(value);
        if (bytes === null) throw new TypeError("a part of the body is no bytes");
        controller.enqueue(bytes);
      },
      cancel: () => void messages.return?.(),
    },
    { highWaterMark: 0 },
  );
}
