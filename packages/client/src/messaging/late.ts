import type { SingyeongError } from "../errors.ts";
import type { Inbox } from "./inbox.ts";
import { quiet } from "./quiet.ts";

/**
 * Runs what needs a part of the client that is loaded with its first use: at once where that is there. `refusal` is why
 * nothing new might be sent when it was asked for, `null` where it might.
 */
export type Late<T> = <R>(run: (part: T, refusal: SingyeongError | null) => R | Promise<R>) => R | Promise<R>;

/**
 * A drain waits while the part is being loaded; `refuse` lets `begun` work through that was asked for before the drain. Where
 * loading fails, so does what waited for it, and whoever asks next has it loaded anew.
 */
export function createLate<T>(
  load: () => Promise<T>,
  inbox: Pick<Inbox, "attend">,
  refuse: (begun?: boolean) => SingyeongError | null,
): Late<T> {
  let part: T | null = null;
  let loading: Promise<void> | null = null;
  /** Those that asked before it was there, and have not had their turn: nobody overtakes them. */
  let waiting = 0;

  inbox.attend({
    get busy() {
      return loading !== null && part === null;
    },
    whenIdle: (run) => void loading!.then(run, run),
  });

  return (run) => {
    const refusal = refuse();
    if (part !== null && waiting === 0) return run(part, refusal);
    loading ??= load().then(
      (loaded) => {
        part = loaded;
      },
      (error) => {
        loading = null;
        throw error;
      },
    );
    waiting++;
    return quiet(
      loading.then(
        () => {
          waiting--;
          return run(part!, refusal ?? refuse(true));
        },
        (error) => {
          waiting--;
          throw error;
        },
      ),
    );
  };
}
