/** The host's own judgement of a function key (contract section 3, `POST /alerts/sentinel`). */
export interface FunctionKeys {
  /**
   * True only when the host itself let this key through. Throws when the host could not be asked: an
   * unanswered question is neither a yes nor a no, and the sender must repeat its delivery.
   */
  accepts(key: string): Promise<boolean>;
}
