import { setTimeout as pause } from 'node:timers/promises';

export interface Opened {
  readonly incidentId: string;
  readonly deduplicated: boolean;
}

/** One try to deliver one alert: when, and what came of it. */
export interface Attempt {
  readonly alert: string;
  readonly from: number;
  readonly to: number;
  /** The status; null when no answer came. */
  readonly status: number | null;
  /** The body of a 202. */
  readonly opened: Opened | null;
  /** For people who read a failure. */
  readonly why: string;
}

export interface Storm {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of each alert by its name. */
  readonly alerts: ReadonlyMap<string, string>;
  /** How often each is delivered. */
  readonly deliveries: number;
  /** Told after each accepted delivery how many there are. */
  readonly onAccepted?: (accepted: number) => void;
  readonly giveUpAfterMs: number;
}

/**
 * Delivers every alert as often as asked, all at once and in random order. Each delivery is repeated, as
 * Logic Apps does, until it is accepted. Answers every try. Throws when a delivery was never accepted.
 */
export async function blow(storm: Storm): Promise<readonly Attempt[]> {
  const { alerts, deliveries, giveUpAfterMs } = storm;
  const deadline = Date.now() + giveUpAfterMs;
  const attempts: Attempt[] = [];
  let accepted = 0;
  const order = shuffled(
    [...alerts.keys()].flatMap((name) => Array<string>(deliveries).fill(name)),
  );

  await Promise.all(
    order.map(async (alert) => {
      for (;;) {
        const attempt = await deliver(storm, alert);
        attempts.push(attempt);
        if (attempt.opened !== null) return storm.onAccepted?.((accepted += 1));
        if (Date.now() > deadline) {
          throw new Error(`alert ${alert} was not accepted in ${giveUpAfterMs} ms: ${attempt.why}`);
        }
        await pause(100);
      }
    }),
  );
  return attempts;
}

async function deliver({ url, headers, alerts }: Storm, alert: string): Promise<Attempt> {
  const from = Date.now();
  try {
    const answer = await fetch(url, { method: 'POST', headers, body: alerts.get(alert) ?? '' });
    const why = `${answer.status} ${await answer.clone().text()}`;
    const opened = answer.status === 202 ? ((await answer.json()) as Opened) : null;
    return { alert, from, to: Date.now(), status: answer.status, opened, why };
  } catch (error) {
    const { message, cause } = error as Error;
    return {
      alert,
      from,
      to: Date.now(),
      status: null,
      opened: null,
      why: `${message} ${String(cause)}`,
    };
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
