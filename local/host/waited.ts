/** Something awaited: a call, or a group of them. */
export class Waited {
  done = false;
  failed = false;
  group: Group | undefined;
  then: ((failed: boolean) => void) | undefined;

  complete(failed: boolean): void {
    if (this.done) return;
    this.done = true;
    this.failed = failed;
    this.then?.(failed);
    this.group?.memberDone(failed);
  }
}

/** All of its members, or the first that succeeds; the host waits on when only a failure is there. */
export class Group extends Waited {
  readonly #any: boolean;
  #open: number;
  #failures = 0;

  constructor(members: readonly Waited[], any: boolean) {
    super();
    this.#any = any;
    this.#open = members.length;
    for (const member of members) {
      member.group = this;
      if (member.done) this.memberDone(member.failed);
    }
  }

  memberDone(failed: boolean): void {
    this.#open -= 1;
    if (failed) this.#failures += 1;
    if (this.#any && !failed) this.complete(false);
    else if (this.#open === 0) this.complete(this.#failures > 0);
  }
}

/** Something that needs no waiting. */
export function done(): Waited {
  const waited = new Waited();
  waited.done = true;
  return waited;
}
