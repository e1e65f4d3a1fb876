/** In a helper's process: what it was started with. */
export function readSettings<T>(): T {
  return JSON.parse(process.argv[2]!) as T;
}

/** In a helper's process: answers each message of the test with what `answer` resolves with. */
export function answerWith<Q>(answer: (question: Q) => Promise<object>): void {
  process.on("message", (question: Q) => {
    answer(question).then(
      (reply) => process.send!(reply),
      (error: unknown) => process.send!({ error: String(error) }),
    );
  });
}
