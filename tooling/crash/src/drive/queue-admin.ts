/** What a server says over HTTP about its queues (docs/protocol/queue-http.md). */

interface QueueCounts {
  readonly queue: string;
  readonly ready: number;
  readonly leased: number;
  readonly delayed: number;
  readonly dead: number;
}

export interface DeadMessage {
  readonly id: string;
  readonly cause: string;
  readonly attempt: number;
}

async function get<Answer>(port: number, path: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Messages that are in queues and not dead. */
export async function countLeft(port: number): Promise<number> {
  const { queues } = await get<{ queues: QueueCounts[] }>(port, "queues");
  return queues.reduce((sum, { ready, leased, delayed }) => sum + ready + leased + delayed, 0);
}

/** All dead messages. */
export async function listDead(port: number): Promise<readonly DeadMessage[]> {
  const found: DeadMessage[] = [];
  const { queues } = await get<{ queues: QueueCounts[] }>(port, "queues");
  for (const { queue } of queues.filter(({ dead }) => dead > 0)) {
    let after: string | null = "";
    while (after !== null) {
      const from: string = after === "" ? "" : `&after=${encodeURIComponent(after)}`;
      const path = `queues/${encodeURIComponent(queue)}/messages?state=dead&limit=1000${from}`;
      const page: { messages: DeadMessage[]; next: string | null } = await get(port, path);
      found.push(...page.messages);
      after = page.next;
    }
  }
  return found;
}

/** Makes a backup while the server is at work; resolves with its folder, `null` where it comes to nothing. */
export async function makeBackup(port: number, name: string): Promise<string | null> {
  try {
    const body = JSON.stringify({ name });
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/backup`, { method: "POST", body });
    return response.ok ? ((await response.json()) as { path: string }).path : null;
  } catch {
    return null;
  }
}
