/** A call from the tenant's side to the product. */
export interface Delivery {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the product answered; `answer` is parsed when it is JSON, else the text. */
export interface Delivered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly answer: unknown;
}

/** Injected so that tests can receive deliveries in process. Throws when nobody answers. */
export type Deliver = (delivery: Delivery) => Promise<Delivered>;

/** Delivers over the network; no redirects, and no answer within 30 s is an error. */
export const deliverByFetch: Deliver = async (delivery) => {
  const response = await fetch(delivery.url, {
    method: delivery.method,
    headers: delivery.headers,
    ...(delivery.body === '' ? {} : { body: delivery.body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    answer: parseAnswer(text),
  };
};

/** JSON where it is JSON, the text itself otherwise. */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
