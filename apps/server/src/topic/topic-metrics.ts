import type { Metrics, Tally } from "../ports/metrics.ts";

/** What is counted about topics. */
export interface TopicMetrics {
  readonly publications: Tally;
  readonly events: Tally;
  /** Events handed over not for the first time. */
  readonly redeliveries: Tally;
  readonly replies: Tally;
}

export function createTopicMetrics(
  metrics: Metrics,
  read: { readonly groups: () => number; readonly retained: () => number; readonly memoryBytes: () => number },
): TopicMetrics {
  metrics.gauge("singyeong_topic_groups", "Groups that have patterns.", read.groups);
  metrics.gauge("singyeong_topic_retained", "Messages of topics that are kept for groups to come.", read.retained);
  metrics.gauge("singyeong_topic_memory_bytes", "Bytes of the messages of memory topics.", read.memoryBytes);
  return {
    publications: metrics.counter("singyeong_topic_publications_total", "Publications stored."),
    events: metrics.counter("singyeong_topic_events_total", "Events handed to a member."),
    redeliveries: metrics.counter("singyeong_topic_redeliveries_total", "Events handed over not for the first time."),
    replies: metrics.counter("singyeong_topic_replies_total", "Answers brought to a publisher."),
  };
}
