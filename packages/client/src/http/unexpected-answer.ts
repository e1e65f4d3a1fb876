import { SingyeongError } from "../errors.ts";

/** The error of an answer that is not what the protocol has at this place. */
export function unexpectedAnswer(expected: string): SingyeongError {
  return new SingyeongError("client/protocol", `expected ${expected} from the server, got something else`);
}
