import { consumeOutbox } from "./consumer.ts";
import { keepDeadLetters } from "./dead-letters.ts";

/** Gives a batch to the consumer of its queue; the dead letters of a queue are in the one named after it. */
export function consume(batch: MessageBatch, env: Env, now: number): Promise<void> {
  return batch.queue.endsWith("-dead") ? keepDeadLetters(batch, env, now) : consumeOutbox(batch, env, now);
}
