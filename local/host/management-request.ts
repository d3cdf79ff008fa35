import type { ClientOperations } from './client-operations.js';
import type { UrlSettings } from './management-urls.js';
import type { Store } from './store.js';

/** One call of the durable HTTP management API, its key already checked. */
export interface ManagementRequest {
  readonly method: string;
  /** Decoded path parts after the base. */
  readonly parts: readonly string[];
  readonly url: URL;
  readonly contentType: string | undefined;
  readonly continuation: string | undefined;
  readonly body: string;
}

/** What such calls are answered from. */
export interface Management {
  readonly client: ClientOperations;
  readonly store: Store;
  readonly urls: UrlSettings;
}
