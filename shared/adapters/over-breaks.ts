import pRetry from 'p-retry';

/** Node's codes for a connection that broke or was not taken. */
const broken = /ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|socket hang up|other side closed/;

/**
 * Makes a call to our own host again when its connection broke: it is reached over loopback HTTP, where a
 * storm of requests breaks connections. Only for calls that may be made twice. Gives up after some seconds
 * with the last error.
 */
export const overBreaks = <T>(call: () => Promise<T>): Promise<T> =>
  pRetry(call, {
    retries: 6,
    minTimeout: 50,
    maxTimeout: 2000,
    shouldRetry: ({ error }) => broken.test(`${String(error.cause)} ${error.message}`),
  });
