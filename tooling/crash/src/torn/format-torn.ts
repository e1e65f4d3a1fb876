import type { TornTally } from "./torn-trial.ts";

/** What became of damaged folders, for people. */
export function formatTorn({ refused, intact, unreadable, messages, faults, sayings }: TornTally): string {
  const parts = [
    describe("refused to start", refused),
    describe("served everything", intact),
    describe("served all but what it called unreadable", unreadable),
    `${messages} messages had to be there where they were served`,
    `${faults.length} damaged folders were neither refused nor served as they should`,
    ...faults.map((fault) => `  FAULT ${fault}`),
    ...[...sayings].map(([saying, times]) => `  ${times} times: ${saying}`),
  ];
  return parts.join("\n");
}

function describe(what: string, counts: ReadonlyMap<string, number>): string {
  const sum = [...counts.values()].reduce((a, b) => a + b, 0);
  const kinds = [...counts].map(([name, count]) => `    ${String(count).padStart(3)} ${name}`);
  return [`${sum} damaged folders: ${what}`, ...kinds].join("\n");
}
