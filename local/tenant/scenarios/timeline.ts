import type { Directory } from '../directory/directory.js';

/** Things that happened, written down in any order and played in the order of time. */
export class Timeline {
  readonly #directory: Directory;
  #moments: { at: number; run: (at: number) => void }[] = [];

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  at(moment: number, run: (at: number) => void): void {
    this.#moments.push({ at: moment, run });
  }

  play(): void {
    const moments = this.#moments.sort((one, other) => one.at - other.at);
    this.#moments = [];
    for (const { at, run } of moments) {
      this.#directory.advance(at);
      run(at);
    }
  }
}
